/** Statements about rollouts and experiments, their journals and side notes, and the newest rows of evidence. */
import { DOCUMENT_KINDS } from '../document-store.ts';
import type { DocumentKind, JournalEntry, StoredDocument, Tally } from '../document-store.ts';
import { Columns } from './columns-codec.ts';
import { Conditions } from './conditions.ts';
import type { Queries, Row } from './database.ts';

const SELECT_DOCUMENT = 'SELECT kind, id, name, model, is_open, body, created_at, updated_at FROM documents';

function documentFrom(row: Row): StoredDocument {
  const columns = new Columns('documents', ['kind', 'id'], row);
  return {
    kind: columns.oneOf('kind', DOCUMENT_KINDS),
    id: columns.integer('id'),
    name: columns.text('name'),
    model: columns.text('model'),
    open: columns.integer('is_open') === 1,
    body: columns.text('body'),
    createdAt: columns.integer('created_at'),
    updatedAt: columns.integer('updated_at'),
  };
}

export async function selectDocument(
  queries: Queries,
  kind: DocumentKind,
  id: number,
): Promise<StoredDocument | undefined> {
  const [row] = await queries.all(`${SELECT_DOCUMENT} WHERE kind = $1 AND id = $2`, [kind, id]);
  return row && documentFrom(row);
}

export async function selectDocumentNamed(
  queries: Queries,
  { kind, name }: { readonly kind: DocumentKind; readonly name: string },
): Promise<StoredDocument | undefined> {
  const [row] = await queries.all(`${SELECT_DOCUMENT} WHERE kind = $1 AND name = $2`, [kind, name]);
  return row && documentFrom(row);
}

export async function selectDocuments(
  queries: Queries,
  { kind, model, open }: { readonly kind: DocumentKind; readonly model?: string; readonly open?: boolean },
  { after, limit }: { readonly after?: number; readonly limit: number },
): Promise<readonly StoredDocument[]> {
  const conditions = new Conditions();
  conditions.add('kind =', kind);
  conditions.add('model =', model);
  conditions.add('is_open =', open === undefined ? undefined : Number(open));
  conditions.add('id <', after);
  const limited = conditions.bind(limit);
  const sql = `${SELECT_DOCUMENT} ${conditions.where} ORDER BY id DESC LIMIT ${limited}`;
  return (await queries.all(sql, conditions.values)).map(documentFrom);
}

/** With the id after the greatest: documents are never deleted. */
export async function insertDocument(queries: Queries, document: Omit<StoredDocument, 'id'>): Promise<StoredDocument> {
  const { kind, name, model, open, body, createdAt, updatedAt } = document;
  const [row] = await queries.all('SELECT COALESCE(MAX(id), 0) + 1 AS next FROM documents WHERE kind = $1', [kind]);
  const id = new Columns('documents', 'next', row ?? {}).integer('next');
  const sql = `
    INSERT INTO documents (kind, id, name, model, is_open, body, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
  await queries.run(sql, [kind, id, name, model, Number(open), body, createdAt, updatedAt]);
  return { ...document, id };
}

export async function updateDocument(queries: Queries, document: StoredDocument): Promise<void> {
  const { kind, id, open, body, updatedAt } = document;
  const sql = 'UPDATE documents SET is_open = $3, body = $4, updated_at = $5 WHERE kind = $1 AND id = $2';
  await queries.run(sql, [kind, id, Number(open), body, updatedAt]);
}

interface DocumentKey {
  readonly kind: DocumentKind;
  readonly id: number;
}

/** The last ones, the oldest of them first. */
export async function selectJournal(
  queries: Queries,
  { kind, id }: DocumentKey,
  limit: number,
): Promise<readonly JournalEntry[]> {
  const sql = 'SELECT seq, at, body FROM journals WHERE kind = $1 AND id = $2 ORDER BY seq DESC LIMIT $3';
  const rows = await queries.all(sql, [kind, id, limit]);
  return rows.toReversed().map((row) => {
    const columns = new Columns('journals', `${kind}/${id}`, row);
    return { seq: columns.integer('seq'), at: columns.integer('at'), body: columns.text('body') };
  });
}

/** With the number after the last. */
export async function insertJournalEntry(
  queries: Queries,
  { kind, id }: DocumentKey,
  { at, body }: Omit<JournalEntry, 'seq'>,
): Promise<JournalEntry> {
  const sql = 'SELECT COALESCE(MAX(seq), 0) + 1 AS next FROM journals WHERE kind = $1 AND id = $2';
  const [row] = await queries.all(sql, [kind, id]);
  const seq = new Columns('journals', 'next', row ?? {}).integer('next');
  await queries.run('INSERT INTO journals (kind, id, seq, at, body) VALUES ($1, $2, $3, $4, $5)', [
    kind,
    id,
    seq,
    at,
    body,
  ]);
  return { seq, at, body };
}

export async function selectNote(queries: Queries, { kind, id }: DocumentKey): Promise<string | undefined> {
  const [row] = await queries.all('SELECT note FROM document_notes WHERE kind = $1 AND id = $2', [kind, id]);
  return row && new Columns('document_notes', `${kind}/${id}`, row).text('note');
}

export async function upsertNote(queries: Queries, { kind, id }: DocumentKey, note: string): Promise<void> {
  const sql = `
    INSERT INTO document_notes (kind, id, note) VALUES ($1, $2, $3)
    ON CONFLICT (kind, id) DO UPDATE SET note = excluded.note`;
  await queries.run(sql, [kind, id, note]);
}

export async function selectTallies(
  queries: Queries,
  { kind, model }: { readonly kind: string; readonly model: string },
): Promise<readonly Tally[]> {
  const sql = `
    SELECT kind, model, name, instance, boot, body, at FROM tallies
    WHERE kind = $1 AND model = $2 ORDER BY name, instance, boot`;
  return (await queries.all(sql, [kind, model])).map((row) => {
    const columns = new Columns('tallies', ['kind', 'model', 'name', 'instance', 'boot'], row);
    return {
      kind: columns.text('kind'),
      model: columns.text('model'),
      name: columns.text('name'),
      instance: columns.text('instance'),
      boot: columns.text('boot'),
      body: columns.text('body'),
      at: columns.integer('at'),
    };
  });
}

export async function upsertTally(queries: Queries, tally: Tally): Promise<void> {
  const sql = `
    INSERT INTO tallies (kind, model, name, instance, boot, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (kind, model, name, instance, boot) DO UPDATE SET body = excluded.body, at = excluded.at`;
  const { kind, model, name, instance, boot, body, at } = tally;
  await queries.run(sql, [kind, model, name, instance, boot, body, at]);
}

export async function deleteTalliesBefore(queries: Queries, at: number, kind?: string): Promise<void> {
  if (kind === undefined) await queries.run('DELETE FROM tallies WHERE at < $1', [at]);
  else await queries.run('DELETE FROM tallies WHERE at < $1 AND kind = $2', [at, kind]);
}
