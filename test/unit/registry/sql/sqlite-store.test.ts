import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, suite, test } from 'node:test';
import { verifyChain } from '../../../../src/admin/verify-chain.ts';
import { migrate } from '../../../../src/registry/sql/migrate.ts';
import { MIGRATIONS } from '../../../../src/registry/sql/migrations.ts';
import { openSqliteStore } from '../../../../src/registry/sql/open-sqlite-store.ts';
import { SqliteDatabase } from '../../../../src/registry/sql/sqlite-database.ts';
import { checkWhole, killWriter } from './killed-writer.ts';
import { draft, epoch, model, version } from './nouns.ts';
import { storeContract } from './store-contract.ts';

const dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
after(() => {
  rmSync(dir, { recursive: true });
});

let files = 0;
function newPath(): string {
  files += 1;
  return join(dir, `${files}.db`);
}

/** A file with a model, versions, an epoch and events, closed. */
async function filled(): Promise<string> {
  const path = newPath();
  const store = await openSqliteStore({ path });
  await store.transact(async (writer) => {
    await writer.putModel(model('iris'));
    for (let at = 1; at <= 50; at += 1) {
      await writer.putVersion(version({ version: String(at) }));
      await writer.append(draft({ at, subject: String(at) }));
    }
    await writer.beginEpoch(epoch(1, 10));
  });
  await store.close();
  return path;
}

/** Runs a statement on a closed file, as somebody with a tool would. */
function tamper(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

suite('the store in memory', () => {
  storeContract(() => openSqliteStore({ path: ':memory:' }));
});

suite('the store in a file', () => {
  storeContract(() => openSqliteStore({ path: newPath() }));

  test('what it holds is there when it is opened again', async () => {
    const path = newPath();
    await using store = await openDisposable(path);
    await store.transact((writer) => writer.putModel(model('iris')));
    const secret = await store.secret('key');
    await store.close();
    await using again = await openDisposable(path);
    assert.deepEqual(await again.model('iris'), model('iris'));
    assert.deepEqual(await again.secret('key'), secret);
  });

  test('nobody but its owner may read it', async () => {
    const path = await filled();
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('a second one on the same file is refused while the first is open', async () => {
    const path = newPath();
    const store = await openSqliteStore({ path });
    const busy = { code: 'failed_precondition', message: /in use by another admin process; stop that one/ };
    await assert.rejects(openSqliteStore({ path }), busy);
    await assert.rejects(openSqliteStore({ path }), busy);
    await store.close();
    await (await openSqliteStore({ path })).close();
  });

  test('a directory in which nothing can be made is told of', async () => {
    const path = join(await filled(), 'below-a-file', 'registry.db');
    await assert.rejects(openSqliteStore({ path }), { code: 'failed_precondition', message: /cannot create/ });
  });

  test('a process killed at any moment leaves every acknowledged change, and none half done', async () => {
    const path = newPath();
    let acknowledged = 0;
    for (const changes of [1, 2, 7, 20, 33, 60]) {
      acknowledged = await killWriter(path, changes);
      const store = await openSqliteStore({ path });
      await checkWhole(store, acknowledged);
      await store.close();
    }
    assert(acknowledged > 120, 'the last child went on from where the others ended');
  });
});

suite('a damaged file', () => {
  test('is refused with what to do when a page in it was overwritten', async () => {
    const path = await filled();
    const copy = newPath();
    copyFileSync(path, copy);
    const pages = statSync(copy).size / 4096;
    assert(pages > 10);
    const file = openSync(copy, 'r+');
    writeSync(file, Buffer.alloc(4096 * 6, 0xa5), 0, 4096 * 6, 4096 * 4);
    closeSync(file);
    await assert.rejects(openSqliteStore({ path: copy }), { code: 'data_loss', message: /is damaged.*backup/ });
    await assert.rejects(openSqliteStore({ path: copy }), { code: 'data_loss' }, 'and its lock was let go');
  });

  test('is refused when it is no database at all, and left as it was', async () => {
    const path = newPath();
    writeFileSync(path, 'not a database '.repeat(1000));
    await assert.rejects(openSqliteStore({ path }), { code: 'data_loss', message: /no SQLite database/ });
    assert.equal(readFileSync(path, 'utf8'), 'not a database '.repeat(1000));
  });

  test('of a row that cannot be read, table and key are told, and the rest can be read', async () => {
    const path = await filled();
    tamper(path, `UPDATE version_details SET metadata = '{"tags"' WHERE version = '7'`);
    tamper(path, `UPDATE versions SET state = 'eaten' WHERE version = '8'`);
    tamper(path, `UPDATE epochs SET policy = '[]'`);
    await using store = await openDisposable(path);
    await assert.rejects(store.version('iris', '7'), {
      code: 'data_loss',
      message: /^row "iris\/7" of table versions of the registry cannot be read: column metadata: .*backup$/,
    });
    await assert.rejects(store.version('iris', '8'), { code: 'data_loss', message: /column state: "eaten" is not/ });
    await assert.rejects(store.epoch('iris'), { code: 'data_loss', message: /row "iris\/1" of table epochs/ });
    assert.equal((await store.version('iris', '9'))?.version, '9');
  });
});

suite('the chain of events', () => {
  const changes = {
    'a changed reason': `UPDATE events SET reason = 'worse' WHERE seq = 20`,
    'a changed record': `UPDATE events SET after_json = '{"version":"3"}' WHERE seq = 20`,
    'a changed time': `UPDATE events SET at = at + 1 WHERE seq = 20`,
    'a removed event': `DELETE FROM events WHERE seq = 20`,
    'an exchanged hash': `UPDATE events SET hash = (SELECT hash FROM events WHERE seq = 19) WHERE seq = 20`,
  };

  test('verifies as it was written', async () => {
    await using store = await openDisposable(await filled());
    const { intact, events } = await verifyChain({ store });
    assert.deepEqual({ intact, events }, { intact: true, events: 50 });
  });

  for (const [what, sql] of Object.entries(changes)) {
    test(`shows ${what}`, async () => {
      const path = await filled();
      tamper(path, sql);
      await using store = await openDisposable(path);
      const { intact, brokenAt } = await verifyChain({ store });
      assert.deepEqual({ intact, brokenAt }, { intact: false, brokenAt: 20 });
    });
  }
});

suite('migrations in a file', () => {
  test('a database of an older server gets the missing tables, and keeps what it holds', async () => {
    const path = newPath();
    const old = SqliteDatabase.open(path);
    await migrate(old, MIGRATIONS.slice(0, 1));
    await assert.rejects(old.reader.all('SELECT * FROM events'), /no such table/);
    const transaction = await old.begin();
    await transaction.run('INSERT INTO models (model, config, created_at) VALUES ($1, $2, $3)', ['iris', '{}', 1]);
    await transaction.commit();
    await old.close();
    await using store = await openDisposable(path);
    assert.deepEqual(await store.model('iris'), model('iris'));
    assert.equal((await store.transact((writer) => writer.append(draft()))).seq, 1);
  });

  test('one that fails leaves nothing of itself, and is made the next time', async () => {
    const database = SqliteDatabase.open(newPath());
    const good = 'CREATE TABLE added (id INTEGER PRIMARY KEY)';
    await migrate(database, MIGRATIONS);
    const failing = { number: MIGRATIONS.length + 1, statements: () => [good, 'CREATE TABLE models (id INTEGER)'] };
    await assert.rejects(migrate(database, [...MIGRATIONS, failing]), /already exists/);
    await migrate(database, [...MIGRATIONS, { number: MIGRATIONS.length + 1, statements: () => [good] }]);
    assert.deepEqual(await database.reader.all('SELECT id FROM added'), []);
    await database.close();
  });

  test('a database of a newer server is refused with a sentence', async () => {
    const path = await filled();
    tamper(path, 'INSERT INTO schema_migrations (number, applied_at) VALUES (99, 1)');
    await assert.rejects(openSqliteStore({ path }), {
      code: 'failed_precondition',
      message: /written by a newer server: it has migration 99, this server knows those up to \d+; start that server/,
    });
  });
});

/** Closed at the end of the test's block. */
async function openDisposable(path: string) {
  const store = await openSqliteStore({ path });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
