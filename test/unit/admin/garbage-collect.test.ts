/** Garbage collection: what nobody needs goes, and nothing else, not even while versions are being registered. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import { downloadVersion } from '../../../src/admin/download-version.ts';
import { garbageCollect } from '../../../src/admin/garbage-collect.ts';
import { setTraffic } from '../../../src/admin/set-traffic.ts';
import { DAWN } from '../../support/admin-scene.ts';
import { report } from '../../support/builders.ts';
import { openRegistryScene, order } from '../../support/registry-scene.ts';
import type { RegistryScene } from '../../support/registry-scene.ts';

const HOUR = 3_600_000;

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function collect(scene: RegistryScene, confirm = true) {
  return garbageCollect(scene.context, scene.blobs, { confirm }, order({ reason: 'tidy' }));
}

async function remove(scene: RegistryScene, version: string): Promise<void> {
  await deleteVersion(scene.context, { model: 'iris', version }, order());
}

/** A file that no version has, stored so long before the scene's time. */
async function orphan({ blobs }: RegistryScene, content: string, ageMs: number): Promise<void> {
  await using batch = blobs.begin();
  const writer = await batch.write();
  await writer.write(Buffer.from(content));
  await writer.end();
  await batch.keep();
  const at = (DAWN - ageMs) / 1000;
  await utimes(blobs.pathOf(sha256(content)), at, at);
}

async function stored(scene: RegistryScene): Promise<string[]> {
  const found: string[] = [];
  for await (const blob of scene.blobs.list()) found.push(blob.sha256);
  return found.sort();
}

suite('garbageCollect', () => {
  test('removes files of deleted versions that no other version has, and tells it as an event', async () => {
    await using scene = await openRegistryScene();
    await scene.upload({ version: '1' }, { 'model.onnx': 'one', shared: 'shared' });
    await scene.upload({ version: '2' }, { 'model.onnx': 'two', shared: 'shared' });
    await remove(scene, '1');
    const removed = [{ path: 'model.onnx', size: 3, sha256: sha256('one') }];
    const dry = await collect(scene, false);
    assert.deepEqual(dry, { removed, bytes: 3, retained: 0, dryRun: true });
    assert.equal((await stored(scene)).length, 3);
    assert.deepEqual(await collect(scene), { removed, bytes: 3, retained: 0, dryRun: false });
    assert.deepEqual(await stored(scene), [sha256('two'), sha256('shared')].sort());
    const event = (await scene.events()).at(-1);
    assert.deepEqual(
      [event?.kind, event?.actor, event?.reason, event?.after],
      ['blobs.collected', 'ann', 'tidy', { files: 1, bytes: 3, sha256s: [sha256('one')] }],
    );
  });

  test('says nothing in the log where there is nothing to remove', async () => {
    await using scene = await openRegistryScene();
    await scene.upload({ version: '1' }, { 'model.onnx': 'one' });
    const events = (await scene.events()).length;
    assert.deepEqual(await collect(scene), { removed: [], bytes: 0, retained: 0, dryRun: false });
    assert.equal((await scene.events()).length, events);
  });

  test('keeps files that an epoch of the retention time names, for as long', async () => {
    await using scene = await openRegistryScene({ context: { epochRetentionMs: 10 * HOUR } });
    for (const version of ['1', '2']) {
      const { version: row } = await scene.upload({ version }, { 'model.onnx': version });
      const qualified = { ...row, state: 'qualified' as const, report: report() };
      await scene.store.transact((writer) => writer.putVersion(qualified));
      await setAll(scene, version);
      scene.pass(HOUR);
    }
    await remove(scene, '1');
    assert.deepEqual(await collect(scene), { removed: [], bytes: 0, retained: 1, dryRun: false });
    scene.pass(9 * HOUR - 1);
    assert.equal((await collect(scene)).retained, 1);
    scene.pass(1);
    assert.deepEqual(
      (await collect(scene)).removed.map(({ sha256: digest }) => digest),
      [sha256('1')],
    );
  });

  test('removes what no version ever had once it is older than an hour', async () => {
    await using scene = await openRegistryScene();
    await orphan(scene, 'old', HOUR + 1);
    await orphan(scene, 'young', HOUR - 1000);
    assert.deepEqual((await collect(scene)).removed, [{ path: '', size: 3, sha256: sha256('old') }]);
    assert.deepEqual(await stored(scene), [sha256('young')]);
  });

  test('a registration that holds its files loses none, whenever it is committed', async () => {
    await using scene = await openRegistryScene();
    await scene.upload({ version: '1' }, { 'model.onnx': 'x' });
    await remove(scene, '1');
    await using batch = scene.blobs.begin();
    const writer = await batch.write();
    await writer.write(Buffer.from('x'));
    await writer.end();
    await batch.keep();
    assert.deepEqual((await collect(scene)).removed, []);
    assert.deepEqual(await stored(scene), [sha256('x')]);
  });

  test('beside registrations of what is being collected, every version keeps its files', async () => {
    await using scene = await openRegistryScene();
    let gone = 0;
    for (let round = 0; round < 40; round += 1) {
      const version = `v${round}`;
      const registering = scene.upload({ version }, { 'model.onnx': 'the same', [`w${round % 3}`]: 'weights' });
      const [, collected] = await Promise.all([registering, collect(scene), collect(scene)]);
      gone += collected.removed.length;
      for await (const _piece of downloadVersion(scene.context, scene.blobs, { model: 'iris', version })) continue;
      await remove(scene, version);
    }
    assert(gone > 0, 'nothing was ever collected, so nothing was tried');
  });

  test('a transaction that fails removes nothing', async () => {
    await using scene = await openRegistryScene();
    await scene.upload({ version: '1' }, { 'model.onnx': 'x' });
    await remove(scene, '1');
    const store = {
      ...readers(scene),
      transact: async () => {
        throw new Error('the disk failed');
      },
    };
    const context = { ...scene.context, store: { ...scene.store, ...store } };
    await assert.rejects(garbageCollect(context, scene.blobs, { confirm: true }, order()), /the disk failed/);
    assert.deepEqual(await stored(scene), [sha256('x')]);
    assert.equal((await collect(scene)).removed.length, 1);
  });
});

function readers({ store }: RegistryScene) {
  return {
    blobsInUse: () => store.blobsInUse(),
    blobsOfDeleted: () => store.blobsOfDeleted(),
    epochsSince: (at: number) => store.epochsSince(at),
  };
}

async function setAll({ context }: RegistryScene, version: string): Promise<void> {
  const policy = {
    arms: [{ version, arm: '', weight: 10_000 }],
    rules: [],
    shadows: [],
    failOverTo: '',
    sticky: true,
    routingKeyHeader: '',
    salt: '',
  };
  const input = { model: 'iris', policy, expectedEpoch: 0, reshuffle: false, force: true, waitMs: 0 };
  await setTraffic(context, input, order());
}
