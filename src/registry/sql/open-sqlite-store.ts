/** Opens the store in a SQLite file: the default, for one admin process on one machine. */
import type { StoreWatch } from '../store-watch.ts';
import type { Store } from '../store.ts';
import { SqlStore } from './sql-store.ts';
import { SqliteDatabase } from './sqlite-database.ts';

/** ':memory:' = gone when it is closed. A second one on the same file is refused, also from another process. */
export async function openSqliteStore({
  path,
  watch,
}: {
  readonly path: string;
  readonly watch?: StoreWatch;
}): Promise<Store> {
  return await SqlStore.open(SqliteDatabase.open(path), watch);
}
