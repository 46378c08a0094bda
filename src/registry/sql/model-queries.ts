/** Statements about models, the registry's revision, its secrets, and replies kept under idempotency keys. */
import { randomBytes } from 'node:crypto';
import type { RegisteredModel } from '../../domain/registry.ts';
import type { ModelOverview, Remembered } from '../store.ts';
import { Columns } from './columns-codec.ts';
import type { Queries } from './database.ts';
import { modelFrom, overviewFrom } from './row-codec.ts';

const SECRET_BYTES = 32;

export async function selectRevision(queries: Queries): Promise<number> {
  const [row] = await queries.all('SELECT revision FROM registry_state WHERE id = 1');
  return new Columns('registry_state', '1', row ?? {}).integer('revision');
}

export async function advanceRevision(queries: Queries): Promise<number> {
  const [row] = await queries.all('UPDATE registry_state SET revision = revision + 1 WHERE id = 1 RETURNING revision');
  return new Columns('registry_state', '1', row ?? {}).integer('revision');
}

export async function selectSecret(queries: Queries, name: string): Promise<Uint8Array | undefined> {
  const [row] = await queries.all('SELECT value FROM secrets WHERE name = $1', [name]);
  return row && new Columns('secrets', name, row).bytes('value');
}

export async function selectOrMakeSecret(queries: Queries, name: string): Promise<Uint8Array> {
  const known = await selectSecret(queries, name);
  if (known !== undefined) return known;
  const made = new Uint8Array(randomBytes(SECRET_BYTES));
  await queries.run('INSERT INTO secrets (name, value) VALUES ($1, $2)', [name, made]);
  return made;
}

export async function selectModel(queries: Queries, model: string): Promise<RegisteredModel | undefined> {
  const sql = 'SELECT model, config, imported_traffic, created_at FROM models WHERE model = $1';
  const [row] = await queries.all(sql, [model]);
  return row && modelFrom(row);
}

export async function selectModels(
  queries: Queries,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): Promise<readonly ModelOverview[]> {
  const sql = `
    SELECT m.model, m.config, m.imported_traffic, m.created_at,
      (SELECT COUNT(*) FROM versions v WHERE v.model = m.model AND v.state <> 'deleted') AS versions,
      (SELECT v.version FROM versions v WHERE v.model = m.model AND v.state = 'qualified'
        ORDER BY v.created_at DESC, v.sort_key DESC LIMIT 1) AS latest,
      e.epoch, e.policy, e.digests, e.valid_from, e.valid_to, e.actor, e.reason, e.cause
    FROM models m LEFT JOIN epochs e ON e.model = m.model AND e.valid_to IS NULL
    WHERE m.model > $1 ORDER BY m.model LIMIT $2`;
  return (await queries.all(sql, [after, limit])).map(overviewFrom);
}

export async function upsertModel(queries: Queries, model: RegisteredModel): Promise<void> {
  const sql = `
    INSERT INTO models (model, config, imported_traffic, created_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (model) DO UPDATE SET config = excluded.config, imported_traffic = excluded.imported_traffic`;
  const config = JSON.stringify(model.config);
  await queries.run(sql, [model.model, config, model.importedTraffic ?? null, model.createdAt]);
}

export async function selectRemembered(queries: Queries, key: string): Promise<Remembered | undefined> {
  const [row] = await queries.all('SELECT request, reply, at FROM remembered WHERE idempotency_key = $1', [key]);
  if (row === undefined) return undefined;
  const columns = new Columns('remembered', key, row);
  return { request: columns.text('request'), reply: columns.text('reply'), at: columns.integer('at') };
}

export async function upsertRemembered(queries: Queries, key: string, remembered: Remembered): Promise<void> {
  const sql = `
    INSERT INTO remembered (idempotency_key, request, reply, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (idempotency_key) DO UPDATE SET request = excluded.request, reply = excluded.reply, at = excluded.at`;
  await queries.run(sql, [key, remembered.request, remembered.reply, remembered.at]);
}

export async function deleteRememberedBefore(queries: Queries, at: number): Promise<void> {
  await queries.run('DELETE FROM remembered WHERE at < $1', [at]);
}
