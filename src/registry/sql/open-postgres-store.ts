/** Opens the store in a PostgreSQL database: for a fleet. */
import type { StoreWatch } from '../store-watch.ts';
import type { Store } from '../store.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { SqlStore } from './sql-store.ts';

/** A second one on the same database is refused, wherever it runs. */
export async function openPostgresStore({
  url,
  watch,
}: {
  readonly url: string;
  readonly watch?: StoreWatch;
}): Promise<Store> {
  return await SqlStore.open(await PostgresDatabase.open(url), watch);
}
