/** A store in memory whose transactions can fail: before they are committed, or seemingly after. */
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import type { Store, StoreWriter } from '../../src/registry/store.ts';

export type Ending = 'commits' | 'fails' | 'seems to fail';

export class FlakyStore implements AsyncDisposable {
  readonly #inner: Store;
  /** How the next transactions end; those that are not listed are committed. */
  readonly endings: Ending[] = [];
  /** That were committed. */
  transactions = 0;

  private constructor(inner: Store) {
    this.#inner = inner;
  }

  static async open(): Promise<FlakyStore> {
    return new FlakyStore(await openSqliteStore({ path: ':memory:' }));
  }

  /** As the server sees it. */
  get store(): Store {
    const own: Partial<Store> = { transact: (work) => this.#transact(work) };
    return new Proxy(this.#inner, {
      get: (inner, name) => {
        const value: unknown = Reflect.get(own, name) ?? Reflect.get(inner, name, inner);
        return typeof value === 'function' ? (value.bind(inner) as unknown) : value;
      },
    });
  }

  /** What a test does to it behind the server's back. */
  change<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    return this.#inner.transact(work);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inner.close();
  }

  async #transact<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    const ending = this.endings.shift() ?? 'commits';
    const value = await this.#inner.transact(async (writer) => {
      const done = await work(writer);
      if (ending === 'fails') throw new Error('the disk is full');
      return done;
    });
    this.transactions += 1;
    if (ending === 'seems to fail') throw new Error('the connection was lost');
    return value;
  }
}
