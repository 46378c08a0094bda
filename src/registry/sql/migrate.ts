/** Brings a database to the tables that this server knows, step by step, each in a transaction of its own. */
import { ServerError } from '../../domain/errors.ts';
import { Columns } from './columns-codec.ts';
import type { Database, Queries } from './database.ts';
import type { Migration } from './migrations.ts';

/** Nobody else changes the database meanwhile: the caller has locked it. */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  const { integer, tableOptions } = database.dialect;
  await inTransaction(database, (queries) =>
    queries.run(
      `CREATE TABLE IF NOT EXISTS schema_migrations (number ${integer} PRIMARY KEY, applied_at ${integer} NOT NULL)${tableOptions}`,
    ),
  );
  const applied = await appliedNumbers(database.reader);
  const newest = Math.max(0, ...migrations.map(({ number }) => number));
  const unknown = applied.find((number) => !migrations.some((migration) => migration.number === number));
  if (unknown !== undefined) {
    const message = `${database.name} was written by a newer server: it has migration ${unknown}, this server knows those up to ${newest}; start that server or a newer one, or restore a backup from before the upgrade`;
    throw new ServerError('failed_precondition', message);
  }
  for (const { number, statements } of migrations) {
    if (applied.includes(number)) continue;
    await inTransaction(database, async (queries) => {
      for (const statement of statements(database.dialect)) await queries.run(statement);
      await queries.run('INSERT INTO schema_migrations (number, applied_at) VALUES ($1, $2)', [number, Date.now()]);
    });
  }
}

async function inTransaction(database: Database, work: (queries: Queries) => Promise<void>): Promise<void> {
  const transaction = await database.begin();
  try {
    await work(transaction);
    await transaction.commit();
  } catch (caught) {
    await transaction.rollback();
    throw caught;
  }
}

async function appliedNumbers(queries: Queries): Promise<readonly number[]> {
  const rows = await queries.all('SELECT number FROM schema_migrations ORDER BY number');
  return rows.map((row) => new Columns('schema_migrations', '', row).integer('number'));
}
