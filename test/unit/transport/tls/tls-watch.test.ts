/** The files of TLS while a server runs: real files, replaced in the ways that tools replace them. */
import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, suite, test } from 'node:test';
import type { Issued } from '../../../../src/certs/authority.ts';
import type { TlsContents } from '../../../../src/transport/tls/tls-files.ts';
import { type Expiry, TlsWatch, type TlsWatchOptions } from '../../../../src/transport/tls/tls-watch.ts';
import { PemFolder, Pki } from '../../../support/pki.ts';
import { until } from '../../../support/until.ts';

const POLL_MS = 10;

let pki: Pki;
let folder: PemFolder;
let first: Issued;
let second: Issued;
let changes: TlsContents[];
let faults: string[];
let expiries: Expiry[];
beforeEach(async () => {
  pki = await Pki.create();
  folder = await PemFolder.create();
  [first, second] = await Promise.all([pki.server(['first']), pki.server(['second'])]);
  changes = [];
  faults = [];
  expiries = [];
});
afterEach(async () => {
  await folder[Symbol.asyncDispose]();
});

function open(paths: { cert: string; key: string }, over: Partial<TlsWatchOptions> = {}): Promise<TlsWatch> {
  return TlsWatch.open({
    paths: { ...paths, ca: undefined },
    onChange: (contents) => changes.push(contents),
    onFault: (reason) => faults.push(reason),
    onExpiry: (expiry) => expiries.push(expiry),
    now: Date.now,
    pollMs: POLL_MS,
    ...over,
  });
}

/** Some looks at the files. */
async function looks(now: { count: number }): Promise<void> {
  const before = now.count;
  await until(() => now.count >= before + 6);
}

suite('files that are watched', () => {
  test('that do not change are taken once', async () => {
    const clock = { count: 0 };
    const paths = await folder.putPair('server', first);
    using watch = await open(paths, { now: () => ((clock.count += 1), Date.now()) });
    await looks(clock);
    assert.deepEqual(watch.contents.names, ['first']);
    assert.deepEqual([changes, faults, expiries], [[], [], []]);
  });

  test('are taken anew when both are replaced, also one after the other', async () => {
    const paths = await folder.putPair('server', first);
    // Long enough for both to be written between two looks, or one look later.
    using watch = await open(paths, { pollMs: 200 });
    await folder.put('server.pem', second.cert);
    await folder.put('server-key.pem', second.key);
    await until(() => changes.length === 1);
    assert.deepEqual(watch.contents.names, ['second']);
    assert.deepEqual(faults, []);
  });

  test('are taken anew when they are written in place', async () => {
    const paths = await folder.putPair('server', first);
    using watch = await open(paths);
    await writeFile(paths.key, second.key);
    await writeFile(paths.cert, second.cert);
    await until(() => changes.length > 0);
    assert.deepEqual(watch.contents.names, ['second']);
  });

  test('are taken anew when a link to their folder is turned, as Kubernetes does', async () => {
    for (const [name, { cert, key }] of [
      ['..1', first],
      ['..2', second],
    ] as const) {
      await mkdir(folder.path(name));
      await writeFile(folder.path(`${name}/tls.crt`), cert);
      await writeFile(folder.path(`${name}/tls.key`), key);
    }
    await symlink('..1', folder.path('..data'));
    for (const file of ['tls.crt', 'tls.key']) await symlink(`..data/${file}`, folder.path(file));
    using watch = await open({ cert: folder.path('tls.crt'), key: folder.path('tls.key') });
    await symlink('..2', folder.path('..data_tmp'));
    await rename(folder.path('..data_tmp'), folder.path('..data'));
    await until(() => changes.length === 1);
    assert.deepEqual(watch.contents.names, ['second']);
    assert.deepEqual(faults, []);
  });

  test('that became bad leave the former in force, are told once, and are taken once they are good again', async () => {
    const clock = { count: 0 };
    const paths = await folder.putPair('server', first);
    using watch = await open(paths, { now: () => ((clock.count += 1), Date.now()) });
    await folder.put('server.pem', second.cert);
    await until(() => faults.length === 1);
    assert.match(faults[0] ?? '', /^the key .*server-key\.pem does not fit the certificate/);
    await looks(clock);
    assert.equal(faults.length, 1);
    assert.deepEqual([watch.contents.names, changes], [['first'], []]);
    await rm(paths.key);
    await until(() => faults.length === 2);
    assert.match(faults[1] ?? '', /server-key\.pem: it is not there$/);
    await folder.put('server-key.pem', second.key);
    await until(() => changes.length === 1);
    assert.deepEqual(watch.contents.names, ['second']);
  });

  test('that nobody can take leave the former in force', async () => {
    const paths = await folder.putPair('server', first);
    const onChange = (): never => {
      throw new Error('the door is shut');
    };
    using watch = await open(paths, { onChange });
    await folder.putPair('server', second);
    await until(() => faults.length === 1);
    assert.equal(faults[0], 'the door is shut');
    assert.deepEqual(watch.contents.names, ['first']);
  });

  test('that are bad from the start fail the opening', async () => {
    const paths = await folder.putPair('server', { cert: first.cert, key: second.key });
    await assert.rejects(open(paths), { code: 'invalid_argument', message: /does not fit/ });
  });
});

suite('a certificate that ends soon', () => {
  const DAY_MS = 86_400_000;

  test('is told of from two weeks before, once a day, and once it has ended', async () => {
    const paths = await folder.putPair('server', first);
    const clock = { now: Date.now(), count: 0 };
    using watch = await open(paths, { now: () => ((clock.count += 1), clock.now) });
    const { expiresAt } = watch.contents;
    const told = async (at: number): Promise<number[]> => {
      clock.now = at;
      await looks(clock);
      return expiries.map(({ daysLeft }) => daysLeft);
    };
    assert.deepEqual(await told(expiresAt - 14 * DAY_MS), []);
    assert.deepEqual(await told(expiresAt - 14 * DAY_MS + 1), [13]);
    assert.deepEqual(await told(expiresAt - 13 * DAY_MS), [13]);
    assert.deepEqual(await told(expiresAt - 13 * DAY_MS + 1), [13, 12]);
    assert.deepEqual(await told(expiresAt + 1), [13, 12, -1]);
    assert.deepEqual(new Set(expiries.map(({ file }) => file)), new Set([paths.cert]));
  });
});
