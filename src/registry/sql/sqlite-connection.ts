/** One connection to a SQLite file: statements prepared once, and its errors as ours. */
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { ServerError, describeError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { storableText } from './database.ts';
import type { Row, SqlValue } from './database.ts';

/** Statements are texts of this program with some filters or without: there are not many more. */
const MAX_STATEMENTS = 256;

export class SqliteConnection {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Waits `timeoutMs` for another process that holds the file's lock. */
  constructor(path: string, timeoutMs: number) {
    this.#path = path;
    this.#database = attempt(path, () => new DatabaseSync(path, { timeout: timeoutMs }));
  }

  get isInTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  all(sql: string, values: readonly SqlValue[] = []): readonly Row[] {
    return attempt(this.#path, () => this.#prepared(sql).all(...values.map(bound)));
  }

  run(sql: string, values: readonly SqlValue[] = []): void {
    attempt(this.#path, () => this.#prepared(sql).run(...values.map(bound)));
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** SQLite writes numbered placeholders with a question mark. */
  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size === MAX_STATEMENTS) this.#statements.clear();
    const statement = this.#database.prepare(sql.replaceAll(/\$(\d+)/g, '?$1'));
    this.#statements.set(sql, statement);
    return statement;
  }
}

function bound(value: SqlValue): SqlValue {
  return typeof value === 'string' ? storableText(value) : value;
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (caught) {
    throw fromSqlite(path, caught);
  }
}

/** Of SQLite's primary result codes, those about which somebody can do something. */
const CODES = new Map<number, readonly [ErrorCode, string]>([
  [5, ['unavailable', 'another process holds its lock; end that process, or retry']],
  [8, ['failed_precondition', 'it cannot be written to; correct the permissions of the file and its directory']],
  [10, ['unavailable', 'the disk failed; look into the log of the system']],
  [11, ['data_loss', 'it is damaged; put a backup in its place']],
  [13, ['resource_exhausted', 'the disk is full; make room and retry']],
  [14, ['failed_precondition', 'it cannot be opened; correct the path or the permissions']],
  [26, ['data_loss', 'it is damaged, or no SQLite database; put a backup in its place, or give another path']],
]);

function fromSqlite(path: string, caught: unknown): ServerError {
  if (caught instanceof Error && 'code' in caught && caught.code === 'ERR_INVALID_STATE') {
    const message = `the registry ${path} was closed; retry when the admin process is back`;
    return new ServerError('unavailable', message, { cause: caught });
  }
  const errcode = caught instanceof Error && 'errcode' in caught ? Number(caught.errcode) : 0;
  const said = describeError(caught);
  // The primary code is in the low byte.
  const [code, advice] = CODES.get(errcode & 0xff) ?? ['internal', 'the log has the statement that failed'];
  return new ServerError(code, `the registry ${path} failed: ${said}: ${advice}`, { cause: caught });
}
