/** A look at the registry's database that changes nothing: what it is, how it is kept, and what its clock says. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { ServerError, describeError } from '../../domain/errors.ts';
import { MIGRATIONS } from './migrations.ts';

export interface DatabaseFacts {
  /** "SQLite 3.50.4". */
  readonly product: string;
  /** The last migration that it has, 0 where it has none, and the last one that this build knows. */
  readonly schema: number;
  readonly known: number;
  readonly bytes: number;
  /** Whether readers and the writer do not wait for each other. */
  readonly isWal: boolean;
  /** Epoch ms of the newest event; undefined where there is none. */
  readonly newestEventAt: number | undefined;
  /** How far the database's clock is ahead of this machine's, in ms; 0 where it is the same one. */
  readonly aheadMs: number;
  readonly answerMs: number;
}

const KNOWN = Math.max(...MIGRATIONS.map(({ number }) => number));
const SCHEMA = 'SELECT max(number) AS schema FROM schema_migrations';
const NEWEST_EVENT = 'SELECT max(at) AS newest FROM events';
const BUSY_TIMEOUT_MS = 500;
/** What SQLite writes at offset 18 of a database with a write-ahead log. */
const WAL_FORMAT = 2;

/** undefined where there is no such file. Throws ServerError. */
export function inspectSqlite(path: string): DatabaseFacts | undefined {
  if (!existsSync(path)) return undefined;
  const began = performance.now();
  try {
    const url = pathToFileURL(path);
    // Without its write-ahead log nobody has it open: then nothing has to be made beside it to read it.
    url.search = existsSync(`${path}-wal`) ? '?mode=ro' : '?mode=ro&immutable=1';
    using database = new DatabaseSync(url, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    const one = (sql: string): unknown => Object.values(database.prepare(sql).get() ?? {})[0];
    const hasTables = one("SELECT count(*) FROM sqlite_master WHERE name IN ('schema_migrations', 'events')") === 2;
    return {
      product: `SQLite ${String(one('SELECT sqlite_version()'))}`,
      schema: hasTables ? (numberOf(one(SCHEMA)) ?? 0) : 0,
      known: KNOWN,
      bytes: statSync(path).size,
      isWal: isWal(path),
      newestEventAt: hasTables ? numberOf(one(NEWEST_EVENT)) : undefined,
      aheadMs: 0,
      answerMs: performance.now() - began,
    };
  } catch (caught) {
    const message = `the registry ${path} cannot be read: ${describeError(caught)}`;
    throw new ServerError('failed_precondition', message, { cause: caught });
  }
}

/** By the header of the file, since a database that is read as immutable tells of no log. */
function isWal(path: string): boolean {
  const header = Buffer.alloc(20);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  return header[18] === WAL_FORMAT;
}

/** Throws ServerError; what it says has no secret of the URL in it. */
export async function inspectPostgres(url: string, timeoutMs: number): Promise<DatabaseFacts> {
  const client = new Client({
    connectionString: url,
    application_name: 'sluice-doctor',
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs,
  });
  // Of a connection that breaks while nothing is asked.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SET default_transaction_read_only = on');
    const one = async (sql: string): Promise<unknown> => {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return Object.values(rows[0] ?? {})[0];
    };
    const began = performance.now();
    const clock = numberOf(await one('SELECT extract(epoch FROM clock_timestamp()) * 1000'));
    const answerMs = performance.now() - began;
    const hasTables = (await one("SELECT to_regclass('schema_migrations') IS NOT NULL")) === true;
    return {
      product: `PostgreSQL ${String(await one('SHOW server_version'))}`,
      schema: hasTables ? (numberOf(await one(SCHEMA)) ?? 0) : 0,
      known: KNOWN,
      bytes: numberOf(await one('SELECT pg_database_size(current_database())')) ?? 0,
      isWal: true,
      newestEventAt: hasTables ? numberOf(await one(NEWEST_EVENT)) : undefined,
      // The clock was read about half way.
      aheadMs: (clock ?? Date.now()) - (Date.now() - answerMs / 2),
      answerMs,
    };
  } catch (caught) {
    const message = `the database does not answer: ${describeError(caught)}`;
    throw new ServerError('unavailable', message, { cause: caught });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function numberOf(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
