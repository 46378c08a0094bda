/** A transaction as its work sees it: statements until it ends, and no commit after one of them has failed. */
import { ServerError } from '../../domain/errors.ts';
import type { Queries, Row, SqlValue, Transaction } from './database.ts';

export class GuardedTransaction implements Queries {
  readonly #transaction: Transaction;
  #isEnded = false;
  #fault: Error | undefined;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  async all(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]> {
    return await this.#attempt(() => this.#transaction.all(sql, values));
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<void> {
    await this.#attempt(() => this.#transaction.run(sql, values));
  }

  /** Fails with the first fault of a statement, even where the work has caught it: then it is not half done. */
  async commit(): Promise<void> {
    this.#isEnded = true;
    if (this.#fault !== undefined) throw this.#fault;
    await this.#transaction.commit();
  }

  async rollback(): Promise<void> {
    this.#isEnded = true;
    await this.#transaction.rollback();
  }

  async #attempt<T>(statement: () => Promise<T>): Promise<T> {
    if (this.#isEnded) {
      const message = 'the transaction has ended; await every call of its writer before the work returns';
      throw new ServerError('internal', message);
    }
    try {
      return await statement();
    } catch (caught) {
      this.#fault ??= caught instanceof Error ? caught : new Error(String(caught));
      throw caught;
    }
  }
}
