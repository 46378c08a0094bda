/** Statements about aliases and about transitions between stages. */
import type { Alias, Transition, TransitionStatus } from '../../domain/registry.ts';
import { Columns } from './columns-codec.ts';
import { Conditions } from './conditions.ts';
import type { Queries } from './database.ts';
import { aliasFrom, transitionFrom } from './row-codec.ts';

const SELECT_ALIAS = 'SELECT model, alias, version, since, actor FROM aliases';

export async function selectAlias(queries: Queries, model: string, alias: string): Promise<Alias | undefined> {
  const [row] = await queries.all(`${SELECT_ALIAS} WHERE model = $1 AND alias = $2`, [model, alias]);
  return row && aliasFrom(row);
}

export async function selectAliases(queries: Queries, model: string | undefined): Promise<readonly Alias[]> {
  const conditions = new Conditions();
  conditions.add('model =', model);
  const sql = `${SELECT_ALIAS} ${conditions.where} ORDER BY model, alias`;
  return (await queries.all(sql, conditions.values)).map(aliasFrom);
}

export async function upsertAlias(queries: Queries, { model, alias, version, since, actor }: Alias): Promise<void> {
  const sql = `
    INSERT INTO aliases (model, alias, version, since, actor) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version, since = excluded.since,
      actor = excluded.actor`;
  await queries.run(sql, [model, alias, version, since, actor]);
}

export async function deleteAlias(queries: Queries, model: string, alias: string): Promise<void> {
  await queries.run('DELETE FROM aliases WHERE model = $1 AND alias = $2', [model, alias]);
}

const SELECT_TRANSITION = `
  SELECT id, model, version, digest, from_stage, to_stage, status, requested_by, requested_at, reason,
    approvals_needed, rule, decisions
  FROM transitions`;

export async function selectTransition(queries: Queries, id: number): Promise<Transition | undefined> {
  const [row] = await queries.all(`${SELECT_TRANSITION} WHERE id = $1`, [id]);
  return row && transitionFrom(row);
}

export async function selectTransitions(
  queries: Queries,
  {
    model,
    version,
    status,
  }: { readonly model?: string; readonly version?: string; readonly status?: TransitionStatus },
  { after, limit }: { readonly after?: number; readonly limit: number },
): Promise<readonly Transition[]> {
  const conditions = new Conditions();
  conditions.add('model =', model);
  conditions.add('version =', version);
  conditions.add('status =', status);
  conditions.add('id <', after);
  const limited = conditions.bind(limit);
  const sql = `${SELECT_TRANSITION} ${conditions.where} ORDER BY id DESC LIMIT ${limited}`;
  return (await queries.all(sql, conditions.values)).map(transitionFrom);
}

/** With the id after the greatest: transitions are never deleted. */
export async function insertTransition(queries: Queries, transition: Omit<Transition, 'id'>): Promise<Transition> {
  const [row] = await queries.all('SELECT COALESCE(MAX(id), 0) + 1 AS next FROM transitions');
  const id = new Columns('transitions', 'next', row ?? {}).integer('next');
  const { model, version, digest, fromStage, toStage, status, requestedBy, requestedAt } = transition;
  const { reason, approvalsNeeded, rule, decisions } = transition;
  await queries.run(
    `INSERT INTO transitions (id, model, version, digest, from_stage, to_stage, status, requested_by, requested_at,
      reason, approvals_needed, rule, decisions)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[id, model, version, digest, fromStage, toStage, status, requestedBy, requestedAt],
      ...[reason, approvalsNeeded, rule, JSON.stringify(decisions)],
    ],
  );
  return { ...transition, id };
}

/** What was asked for stays; what was decided about it changes. */
export async function updateTransition(queries: Queries, { id, status, decisions }: Transition): Promise<void> {
  const sql = 'UPDATE transitions SET status = $2, decisions = $3 WHERE id = $1';
  await queries.run(sql, [id, status, JSON.stringify(decisions)]);
}
