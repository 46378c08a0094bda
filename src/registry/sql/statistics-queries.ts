/** Statements about the counts that serve processes reported, and their slots of time. */
import type { SeriesKey, StatisticsSlot } from '../store.ts';
import { Columns } from './columns-codec.ts';
import { Conditions } from './conditions.ts';
import type { Queries } from './database.ts';
import { statisticsFrom } from './row-codec.ts';

const SELECT_SLOT = 'SELECT model, version, role, at, width_ms, totals FROM statistics';

export async function selectSeriesTotals(queries: Queries, key: SeriesKey): Promise<string | undefined> {
  const { instance, boot, model, version, role } = key;
  const sql = `
    SELECT totals FROM series_totals
    WHERE instance = $1 AND boot = $2 AND model = $3 AND version = $4 AND role = $5`;
  const [row] = await queries.all(sql, [instance, boot, model, version, role]);
  return row && new Columns('series_totals', `${instance}/${boot}/${model}/${version}/${role}`, row).text('totals');
}

export async function upsertSeriesTotals(
  queries: Queries,
  { key, totals, at }: { readonly key: SeriesKey; readonly totals: string; readonly at: number },
): Promise<void> {
  const { instance, boot, model, version, role } = key;
  const sql = `
    INSERT INTO series_totals (instance, boot, model, version, role, totals, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (instance, boot, model, version, role) DO UPDATE SET totals = excluded.totals, at = excluded.at`;
  await queries.run(sql, [instance, boot, model, version, role, totals, at]);
}

export async function deleteSeriesTotalsBefore(queries: Queries, at: number): Promise<void> {
  await queries.run('DELETE FROM series_totals WHERE at < $1', [at]);
}

export interface SlotQuery {
  readonly model: string;
  readonly version?: string;
  readonly role: string;
  readonly from: number;
  readonly to: number;
}

/** Oldest first. */
export async function selectStatistics(
  queries: Queries,
  { model, version, role, from, to }: SlotQuery,
): Promise<readonly StatisticsSlot[]> {
  const conditions = new Conditions();
  conditions.add('model =', model);
  conditions.add('role =', role);
  conditions.add('at >=', from);
  conditions.add('at <', to);
  conditions.add('version =', version);
  const sql = `${SELECT_SLOT} ${conditions.where} ORDER BY at, version, width_ms`;
  return (await queries.all(sql, conditions.values)).map(statisticsFrom);
}

export async function selectStatisticsBefore(
  queries: Queries,
  { widthMs, at, limit }: { readonly widthMs: number; readonly at: number; readonly limit: number },
): Promise<readonly StatisticsSlot[]> {
  const sql = `${SELECT_SLOT} WHERE width_ms = $1 AND at < $2 ORDER BY at, model, role, version LIMIT $3`;
  return (await queries.all(sql, [widthMs, at, limit])).map(statisticsFrom);
}

export async function upsertStatistics(queries: Queries, slot: StatisticsSlot): Promise<void> {
  const sql = `
    INSERT INTO statistics (model, version, role, at, width_ms, totals) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (model, role, at, version, width_ms) DO UPDATE SET totals = excluded.totals`;
  await queries.run(sql, [slot.model, slot.version, slot.role, slot.at, slot.widthMs, slot.totals]);
}

export async function deleteStatistics(queries: Queries, slots: readonly StatisticsSlot[]): Promise<void> {
  const sql = 'DELETE FROM statistics WHERE model = $1 AND version = $2 AND role = $3 AND at = $4 AND width_ms = $5';
  for (const { model, version, role, at, widthMs } of slots) {
    await queries.run(sql, [model, version, role, at, widthMs]);
  }
}
