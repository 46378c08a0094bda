/** The registry in a SQLite file: one connection that writes, one that reads, and a lock that keeps others away. */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ServerError, describeError } from '../../domain/errors.ts';
import type { Database, Dialect, Queries, Row, SqlValue, Transaction } from './database.ts';
import { SqliteConnection } from './sqlite-connection.ts';

/** Only tools that people use on the file beside the server can hold its lock; a checkpoint of theirs takes less. */
const BUSY_TIMEOUT_MS = 2000;
/** The registry holds secrets. */
const OWNER_ONLY = 0o600;

const DIALECT: Dialect = { text: 'TEXT', integer: 'INTEGER', bytes: 'BLOB', real: 'REAL', tableOptions: ' STRICT' };

export class SqliteDatabase implements Database {
  readonly dialect = DIALECT;
  readonly name: string;
  readonly reader: Queries;
  readonly #write: SqliteConnection;
  readonly #closing: DisposableStack;

  private constructor({ path, write, read, closing }: Opened) {
    this.name = `the registry ${path}`;
    this.#write = write;
    this.reader = queriesOf(read);
    this.#closing = closing;
  }

  /** ':memory:' = a file that is deleted in the end: two connections cannot share what is only in memory. */
  static open(path: string): SqliteDatabase {
    using opening = new DisposableStack();
    const file = path === ':memory:' ? scratchFile(opening) : path;
    createPrivately(file);
    lock(file, opening);
    const write = connect(file, opening);
    checkIntegrity(file, write);
    configure(file, write);
    const read = connect(file, opening);
    read.run('PRAGMA query_only = ON');
    return new SqliteDatabase({ path: file, write, read, closing: opening.move() });
  }

  begin(): Promise<Transaction> {
    const write = this.#write;
    return attempt(() => {
      // A former one could not be rolled back, as when the disk failed: it has to go before this one can begin.
      if (write.isInTransaction) write.run('ROLLBACK');
      write.run('BEGIN IMMEDIATE');
      return {
        ...queriesOf(write),
        commit: () => attempt(() => write.run('COMMIT')),
        rollback: () => attempt(() => rollBack(write)),
      };
    });
  }

  close(): Promise<void> {
    return attempt(() => this.#closing.dispose());
  }
}

interface Opened {
  readonly path: string;
  readonly write: SqliteConnection;
  readonly read: SqliteConnection;
  readonly closing: DisposableStack;
}

function queriesOf(connection: SqliteConnection): Queries {
  return {
    all: (sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]> =>
      attempt(() => connection.all(sql, values)),
    run: (sql: string, values?: readonly SqlValue[]): Promise<void> => attempt(() => connection.run(sql, values)),
  };
}

/** What throws at once becomes a promise that fails. */
function attempt<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(action());
  });
}

function rollBack(write: SqliteConnection): void {
  // After some faults SQLite has rolled back by itself.
  if (!write.isInTransaction) return;
  try {
    write.run('ROLLBACK');
  } catch {
    // The next one that begins tries again, and tells why it cannot.
  }
}

function scratchFile(opening: DisposableStack): string {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-registry-'));
  opening.defer(() => {
    rmSync(directory, { recursive: true });
  });
  return join(directory, 'registry.db');
}

/** SQLite gives the files beside it the same permissions. */
function createPrivately(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a', OWNER_ONLY));
    closeSync(openSync(`${path}.lock`, 'a', OWNER_ONLY));
  } catch (caught) {
    const message = `cannot create the registry ${path}: ${describeError(caught)}; correct the permissions of its directory, or give another one`;
    throw new ServerError('failed_precondition', message, { cause: caught });
  }
}

/**
 * The lock is SQLite's own on a database beside the registry in which nothing is ever written: the kernel lets go of
 * it when the process ends, however it ends.
 */
function lock(path: string, opening: DisposableStack): void {
  const connection = closedBy(opening, new SqliteConnection(`${path}.lock`, 0));
  try {
    connection.run('BEGIN EXCLUSIVE');
  } catch (caught) {
    if (!(caught instanceof ServerError) || caught.code !== 'unavailable') throw caught;
    const message = `the registry ${path} is in use by another admin process; stop that one, or give this one a data directory of its own`;
    throw new ServerError('failed_precondition', message, { cause: caught });
  }
}

function connect(path: string, opening: DisposableStack): SqliteConnection {
  return closedBy(opening, new SqliteConnection(path, BUSY_TIMEOUT_MS));
}

function closedBy(opening: DisposableStack, connection: SqliteConnection): SqliteConnection {
  return opening.adopt(connection, (opened) => {
    opened.close();
  });
}

function configure(path: string, write: SqliteConnection): void {
  const [mode] = write.all('PRAGMA journal_mode = WAL');
  if (mode?.journal_mode !== 'wal') {
    const message = `the registry ${path} lies on a file system without shared memory, which SQLite needs here; give a directory on a local disk, or use PostgreSQL`;
    throw new ServerError('failed_precondition', message);
  }
  write.run('PRAGMA synchronous = FULL');
  write.run('PRAGMA foreign_keys = ON');
}

function checkIntegrity(path: string, write: SqliteConnection): void {
  const found = write.all('PRAGMA integrity_check(5)').map((row) => String(row.integrity_check));
  if (found.length === 1 && found[0] === 'ok') return;
  const what = found.join('; ').replaceAll('\n', ': ');
  const message = `the registry ${path} is damaged (${what}); put a backup in its place, or move it away together with ${path}-wal to begin anew`;
  throw new ServerError('data_loss', message);
}
