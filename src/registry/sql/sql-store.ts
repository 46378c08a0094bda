/** The store over a database: reads at any time, and transactions one after the other. */
import { ServerError, toServerError } from '../../domain/errors.ts';
import type { StoreWatch } from '../store-watch.ts';
import type { AuditEvent } from '../../domain/registry.ts';
import type { Store, StoreWriter } from '../store.ts';
import type { Database } from './database.ts';
import { GuardedTransaction } from './guarded-transaction.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { selectSecret } from './model-queries.ts';
import { SqlReader } from './sql-reader.ts';
import { SqlWriter } from './sql-writer.ts';
import { Turns } from './turns.ts';

/** All others wait for a transaction that runs, so it may not take longer than callers of an Admin service wait. */
const MAX_TRANSACTION_MS = 30_000;

export class SqlStore extends SqlReader implements Store {
  readonly #database: Database;
  readonly #turns = new Turns();
  readonly #watch: StoreWatch | undefined;

  private constructor(database: Database, watch: StoreWatch | undefined) {
    super(database.reader);
    this.#database = database;
    this.#watch = watch;
  }

  /** Takes the database over: it is closed when this fails. */
  static async open(database: Database, watch?: StoreWatch): Promise<SqlStore> {
    try {
      await migrate(database, MIGRATIONS);
      return new SqlStore(database, watch);
    } catch (caught) {
      await database.close();
      throw caught;
    }
  }

  async transact<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const ms = (): number => performance.now() - startedAt;
    try {
      const { result, events } = await this.#turns.take(() => this.#transact(work));
      this.#watch?.transaction({ outcome: 'ok', ms: ms(), events });
      return result;
    } catch (caught) {
      this.#watch?.transaction({ outcome: toServerError(caught).code, ms: ms(), events: [] });
      throw caught;
    }
  }

  async secret(name: string): Promise<Uint8Array> {
    return (await selectSecret(this.#database.reader, name)) ?? (await this.transact((writer) => writer.secret(name)));
  }

  /** Waits for the transaction that runs; those that wait for their turn fail. */
  async close(): Promise<void> {
    await this.#turns.close();
    await this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #transact<T>(
    work: (writer: StoreWriter) => Promise<T>,
  ): Promise<{ readonly result: T; readonly events: readonly AuditEvent[] }> {
    const transaction = new GuardedTransaction(await this.#database.begin());
    try {
      const writer = new SqlWriter(transaction);
      const result = await withinLimit(work(writer));
      await transaction.commit();
      return { result, events: writer.appended };
    } catch (caught) {
      await transaction.rollback();
      throw caught;
    }
  }
}

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  const expiry = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `a change of the registry took longer than ${MAX_TRANSACTION_MS} ms and was undone; retry it`;
    expiry.reject(new ServerError('deadline_exceeded', message));
  }, MAX_TRANSACTION_MS);
  try {
    return await Promise.race([work, expiry.promise]);
  } finally {
    clearTimeout(timer);
  }
}
