/** Statements about the audit log. */
import type { AuditEvent, EventDraft } from '../../domain/registry.ts';
import { canonicalJson, hashEvent } from '../event-hash.ts';
import type { EventFilter } from '../store.ts';
import { Columns } from './columns-codec.ts';
import { Conditions } from './conditions.ts';
import { storableText } from './database.ts';
import type { Queries } from './database.ts';
import { eventFrom } from './row-codec.ts';

const SELECT_EVENT = 'SELECT seq, at, kind, model, subject, actor, reason, before_json, after_json, hash FROM events';

export async function selectEvents(
  queries: Queries,
  { model = '', kind, from, to }: EventFilter,
  { after, limit }: { readonly after?: number; readonly limit: number },
): Promise<readonly AuditEvent[]> {
  const conditions = new Conditions();
  conditions.add('model =', model === '' ? undefined : model);
  conditions.add('kind =', kind);
  conditions.add('at >=', from);
  conditions.add('at <', to);
  conditions.add('seq <', after);
  const limited = conditions.bind(limit);
  const sql = `${SELECT_EVENT} ${conditions.where} ORDER BY seq DESC LIMIT ${limited}`;
  return (await queries.all(sql, conditions.values)).map(eventFrom);
}

export async function selectEventsFrom(queries: Queries, seq: number, limit: number): Promise<readonly AuditEvent[]> {
  const sql = `${SELECT_EVENT} WHERE seq >= $1 ORDER BY seq LIMIT $2`;
  return (await queries.all(sql, [seq, limit])).map(eventFrom);
}

/** What is hashed is what will be read back: texts as the database keeps them, before and after as plain JSON. */
export async function insertEvent(queries: Queries, draft: EventDraft): Promise<AuditEvent> {
  const [last] = await queries.all('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1');
  const former = last && new Columns('events', String(last.seq), last);
  const seq = (former?.integer('seq') ?? 0) + 1;
  const { at, kind } = draft;
  const [model, subject, actor, reason] = [draft.model, draft.subject, draft.actor, draft.reason].map(storableText);
  const [before, after] = [canonicalJson(draft.before), canonicalJson(draft.after)];
  const row = { seq, at, kind, model, subject, actor, reason, before_json: before, after_json: after, hash: '' };
  const event = eventFrom(row);
  const hash = hashEvent(former?.text('hash') ?? '', event);
  await queries.run(
    `INSERT INTO events (seq, at, kind, model, subject, actor, reason, before_json, after_json, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [seq, at, kind, event.model, event.subject, event.actor, event.reason, before, after, hash],
  );
  return { ...event, hash };
}
