import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { inspect } from 'node:util';
import { verifyChain } from '../../../../src/admin/verify-chain.ts';
import { migrate } from '../../../../src/registry/sql/migrate.ts';
import { MIGRATIONS } from '../../../../src/registry/sql/migrations.ts';
import { openPostgresStore } from '../../../../src/registry/sql/open-postgres-store.ts';
import { PostgresDatabase } from '../../../../src/registry/sql/postgres-database.ts';
import { Postgres } from '../../../support/postgres.ts';
import { checkWhole, killWriter } from './killed-writer.ts';
import { draft, model } from './nouns.ts';
import { storeContract } from './store-contract.ts';

const postgres = await Postgres.open();

if (typeof postgres === 'string') {
  test('the store in PostgreSQL', { skip: postgres });
} else {
  after(() => postgres.close());
  suite('the store in PostgreSQL', () => {
    storeContract(async () => openPostgresStore({ url: await postgres.newDatabase() }));
    suite('connections', () => connectionTests(postgres));
    suite('the address', () => addressTests(postgres));
    suite('the tables', () => tableTests(postgres));
  });
}

/** Ends the connections of the store on this database: those that wrote last, or those that only read. */
async function terminate(server: Postgres, url: string, which: 'writer' | 'readers'): Promise<void> {
  const database = databaseOf(url);
  const holdsLock = `pid ${which === 'writer' ? 'IN' : 'NOT IN'} (SELECT pid FROM pg_locks WHERE locktype = 'advisory')`;
  const rows = await server.ask(
    database,
    `SELECT pg_terminate_backend(pid, 5000) AS gone FROM pg_stat_activity
     WHERE datname = '${database}' AND application_name = 'sluice-admin' AND ${holdsLock}`,
  );
  assert(rows.length > 0 && rows.every(({ gone }) => gone === true), inspect(rows));
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

const BUSY = { code: 'failed_precondition', message: /in use by another admin process/ };

function connectionTests(server: Postgres): void {
  test('a second store on the same database is refused while the first is open', async () => {
    const url = await server.newDatabase();
    const store = await openPostgresStore({ url });
    await assert.rejects(openPostgresStore({ url }), BUSY);
    await store.close();
    await (await openPostgresStore({ url })).close();
  });

  test('when the connection breaks in a transaction that is undone, and the next has another with the lock', async () => {
    const url = await server.newDatabase();
    const store = await openPostgresStore({ url });
    const broken = store.transact(async (writer) => {
      await writer.putModel(model('iris'));
      await terminate(server, url, 'writer');
      await writer.putModel(model('zoo'));
    });
    await assert.rejects(broken, { name: 'ServerError', code: 'unavailable', message: /can be reached, and retry$/ });
    assert.equal(await store.model('iris'), undefined);
    await store.transact((writer) => writer.putModel(model('after')));
    assert.deepEqual(await store.model('after'), model('after'));
    await assert.rejects(openPostgresStore({ url }), BUSY);
    await store.close();
  });

  test('when it breaks before the commit was answered, the caller is told that nobody knows', async () => {
    const url = await server.newDatabase();
    const store = await openPostgresStore({ url });
    const unknown = store.transact(async (writer) => {
      await writer.putModel(model('iris'));
      await terminate(server, url, 'writer');
    });
    await assert.rejects(unknown, { code: 'unavailable', message: /may have been made or not; look before/ });
    await store.close();
  });

  test('connections that break while nothing is done with them are replaced', async () => {
    const url = await server.newDatabase();
    const store = await openPostgresStore({ url });
    await store.revision();
    await terminate(server, url, 'readers');
    await terminate(server, url, 'writer');
    assert.equal(await eventually(() => store.transact((writer) => writer.touch())), 1);
    assert.equal(await eventually(() => store.revision()), 1);
    await store.close();
  });

  test('when another process took the lock meanwhile, a store with a broken connection changes nothing', async () => {
    const url = await server.newDatabase();
    const store = await openPostgresStore({ url });
    await store
      .transact(async (writer) => {
        await terminate(server, url, 'writer');
        await writer.touch();
      })
      .catch(() => undefined);
    const other = await openPostgresStore({ url });
    await assert.rejects(
      store.transact((writer) => writer.touch()),
      BUSY,
    );
    await other.close();
    assert.equal(await store.transact((writer) => writer.touch()), 1);
    await store.close();
  });

  test('a process killed at any moment leaves its changes whole, and its lock to the next', async () => {
    const url = await server.newDatabase();
    for (const changes of [1, 9, 40]) {
      const acknowledged = await killWriter(url, changes);
      const store = await openPostgresStore({ url });
      await checkWhole(store, acknowledged);
      await store.close();
    }
  });
}

/** The store learns of a broken connection a little later than the database: the first calls may be told to retry. */
async function eventually<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (caught) {
      assert(attempt < 5 && (caught as { code?: string }).code === 'unavailable', String(caught));
    }
  }
}

function addressTests(server: Postgres): void {
  const secretive = async (url: string, code: string, message: RegExp) => {
    const failed = await openPostgresStore({ url }).then(
      () => undefined,
      (caught: unknown) => caught as Error & { code: string },
    );
    assert(failed !== undefined);
    assert.equal(failed.code, code);
    assert.match(failed.message, message);
    assert.doesNotMatch(inspect(failed, { depth: 10, showHidden: true }), /hunter2/);
  };

  test('what is no address is refused without repeating it', async () => {
    for (const url of ['hunter2', 'mysql://u:hunter2@host/db', 'postgresql://u:hunter2@[/db']) {
      await secretive(url, 'invalid_argument', /give postgresql:\/\/user:password@host:port\/database$/);
    }
  });

  test('where nobody answers the caller is told where that was, without the password', async () => {
    await secretive(
      'postgresql://u:hunter2@127.0.0.1:1/db',
      'unavailable',
      /postgresql:\/\/127.0.0.1:1\/db failed: .*REFUSED/,
    );
  });

  test('where the database is missing the caller is told to create it, without the password', async () => {
    const url = `postgresql://sluice:hunter2@127.0.0.1:${server.port}/missing`;
    await secretive(url, 'failed_precondition', /"missing" does not exist: create the database/);
  });
}

function tableTests(server: Postgres): void {
  test('a database of an older server gets the missing tables, and keeps what it holds', async () => {
    const url = await server.newDatabase();
    const old = await PostgresDatabase.open(url);
    await migrate(old, MIGRATIONS.slice(0, 1));
    await old.close();
    await server.ask(databaseOf(url), `INSERT INTO models (model, config, created_at) VALUES ('iris', '{}', 1)`);
    const store = await openPostgresStore({ url });
    assert.deepEqual(await store.model('iris'), model('iris'));
    assert.equal((await store.transact((writer) => writer.append(draft()))).seq, 1);
    await store.close();
  });

  test('a database of a newer server is refused with a sentence, and its lock let go', async () => {
    const url = await server.newDatabase();
    await (await openPostgresStore({ url })).close();
    await server.ask(databaseOf(url), 'INSERT INTO schema_migrations (number, applied_at) VALUES (99, 1)');
    const newer = { code: 'failed_precondition', message: /written by a newer server: it has migration 99/ };
    await assert.rejects(openPostgresStore({ url }), newer);
    await assert.rejects(openPostgresStore({ url }), newer);
  });

  test('a changed event is found out', async () => {
    const url = await server.newDatabase();
    const store = await openPostgresStore({ url });
    await store.transact(async (writer) => {
      for (let at = 1; at <= 30; at += 1) await writer.append(draft({ at }));
    });
    assert.equal((await verifyChain({ store })).intact, true);
    await server.ask(databaseOf(url), `UPDATE events SET actor = 'eve' WHERE seq = 20`);
    const { intact, brokenAt } = await verifyChain({ store });
    assert.deepEqual({ intact, brokenAt }, { intact: false, brokenAt: 20 });
    await store.close();
  });

  test('names are ordered by bytes, whatever the locale of the database', async () => {
    const name = 'localized';
    await server.ask(
      'postgres',
      `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'`,
    );
    const store = await openPostgresStore({ url: server.urlOf(name) });
    await store.transact(async (writer) => {
      for (const one of ['a', 'B', 'b', 'A', 'a-1', 'a.1']) await writer.putModel(model(one));
    });
    const models = await store.models({ limit: 10 });
    assert.deepEqual(
      models.map((row) => row.model),
      ['A', 'B', 'a', 'a-1', 'a.1', 'b'],
    );
    await store.close();
  });
}
