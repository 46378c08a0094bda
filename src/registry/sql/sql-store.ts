/** The store over a database: reads at any time, and transactions one after the other. */
import { ServerError } from '../../domain/errors.ts';
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

  private constructor(database: Database) {
    super(database.reader);
    this.#database = database;
  }

  /** Takes the database over: it is closed when this fails. */
  static async open(database: Database): Promise<SqlStore> {
    try {
      await migrate(database, MIGRATIONS);
      return new SqlStore(database);
    } catch (caught) {
      await database.close();
      throw caught;
    }
  }

  transact<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      const transaction = new GuardedTransaction(await this.#database.begin());
      try {
        const result = await withinLimit(work(new SqlWriter(transaction)));
        await transaction.commit();
        return result;
      } catch (caught) {
        await transaction.rollback();
        throw caught;
      }
    });
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
