/** Registering versions: from pieces and by path, all or nothing. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import { registerVersion } from '../../../src/admin/register-version.ts';
import { manifestDigest } from '../../../src/registry/digest.ts';
import { DAWN } from '../../support/admin-scene.ts';
import { inPieces, metadata, newVersion, openRegistryScene, order } from '../../support/registry-scene.ts';
import type { RegistryScene } from '../../support/registry-scene.ts';

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

async function filesOn(scene: RegistryScene): Promise<number> {
  const entries = await readdir(join(scene.scratch, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

suite('an upload', () => {
  test('is a version with its files, an event, and a place in line', async () => {
    await using scene = await openRegistryScene();
    const said = metadata({ description: 'a forest', tags: { team: 'a' }, metrics: { accuracy: 0.9 } });
    const { version, created } = await scene.upload(
      { version: '3', metadata: said, warm: true },
      { 'model.onnx': 'graph', 'data/w.bin': 'weights', empty: '' },
      { reason: 'better' },
    );
    const files = [
      { path: 'data/w.bin', size: 7, sha256: sha256('weights') },
      { path: 'empty', size: 0, sha256: sha256('') },
      { path: 'model.onnx', size: 5, sha256: sha256('graph') },
    ];
    const digest = manifestDigest(files);
    assert.deepEqual(
      [created, version],
      [
        true,
        {
          ...{ model: 'iris', version: '3', digest, files, bytes: 12, state: 'uploaded', reason: '' },
          ...{ stage: 'development', metadata: said, warm: true, report: undefined },
          ...{ createdAt: DAWN, createdBy: 'ann', deletedAt: undefined },
        },
      ],
    );
    const [event] = await scene.events();
    assert.deepEqual(
      [event?.kind, event?.subject, event?.actor, event?.reason, event?.after.digest],
      ['version.registered', '3', 'ann', 'better', digest],
    );
    assert.deepEqual([scene.enqueued, scene.told, await filesOn(scene)], [['iris/3'], ['iris'], 3]);
    assert.equal(await scene.store.revision(), 1);
  });

  test('without a name gets the time, and a number where that is taken', async () => {
    await using scene = await openRegistryScene();
    const names: string[] = [];
    for (const content of ['a', 'b', 'c']) {
      names.push((await scene.upload({}, { 'model.onnx': content })).version.version);
    }
    scene.pass(1000);
    names.push((await scene.upload({}, { 'model.onnx': 'a' })).version.version);
    assert.deepEqual(names, ['20260101_000000', '20260101_000000_2', '20260101_000000_3', '20260101_000001']);
  });

  test('of several at once without a name gets as many names', async () => {
    await using scene = await openRegistryScene();
    const made = await Promise.all(['a', 'b', 'c'].map((content) => scene.upload({}, { 'model.onnx': content })));
    assert.deepEqual(made.map(({ version }) => version.version).sort(), [
      '20260101_000000',
      '20260101_000000_2',
      '20260101_000000_3',
    ]);
  });

  test('of the same files under the same name is what there is', async () => {
    await using scene = await openRegistryScene();
    const first = await scene.upload({ version: '1' }, { 'model.onnx': 'x', w: 'y' });
    const again = await scene.upload({ version: '1', warm: true }, { w: 'y', 'model.onnx': 'x' });
    assert.deepEqual([again.created, again.version], [false, first.version]);
    assert.equal((await scene.events()).length, 1);
  });

  test('of other files under a name that is taken is refused with both digests, and leaves nothing', async () => {
    await using scene = await openRegistryScene();
    const { version } = await scene.upload({ version: '1' }, { 'model.onnx': 'x' });
    await assert.rejects(scene.upload({ version: '1' }, { 'model.onnx': 'y' }), {
      code: 'already_exists',
      message: new RegExp(`^version "1" of model "iris" has other files \\(digest ${version.digest}, these have `),
    });
    assert.equal(await filesOn(scene), 1);
  });

  test('under the name of a deleted version is refused, were it the same files', async () => {
    await using scene = await openRegistryScene();
    await scene.upload({ version: '1' }, { 'model.onnx': 'x' });
    await deleteVersion(scene.context, { model: 'iris', version: '1' }, order());
    await assert.rejects(scene.upload({ version: '1' }, { 'model.onnx': 'x' }), {
      code: 'already_exists',
      message: /was deleted at 2026-01-01T00:00:00\.000Z, and its name stays taken/,
    });
  });

  test('that is repeated under its idempotency key gets the same version, and no second one', async () => {
    await using scene = await openRegistryScene();
    const first = await scene.upload({}, { 'model.onnx': 'x' }, { idempotencyKey: 'k' });
    scene.pass(5000);
    const again = await scene.upload({}, { 'model.onnx': 'x' }, { idempotencyKey: 'k' });
    assert.deepEqual(again, first);
    await assert.rejects(scene.upload({}, { 'model.onnx': 'y' }, { idempotencyKey: 'k' }), {
      code: 'invalid_argument',
      message: /idempotency key "k" was used for another request/,
    });
  });

  test('that is repeated under its idempotency key after the version was deleted gets the first reply', async () => {
    await using scene = await openRegistryScene();
    const send = () => scene.upload({ version: '1' }, { 'model.onnx': 'x' }, { idempotencyKey: 'k' });
    await send();
    await deleteVersion(scene.context, { model: 'iris', version: '1' }, order());
    const { version, created } = await send();
    assert.deepEqual([version.version, version.state, created], ['1', 'deleted', true]);
    assert.deepEqual(scene.enqueued, ['iris/1']);
  });

  test('that breaks off leaves no version, no model and no file', async () => {
    await using scene = await openRegistryScene();
    const broken = async function* () {
      yield* inPieces({ 'model.onnx': 'x' });
      yield { path: 'weights', data: Buffer.from('half') };
      throw new Error('the caller went away');
    };
    const attempt = registerVersion(scene.context, scene.deps, order(), newVersion({ version: '1' }), broken());
    await assert.rejects(attempt, /the caller went away/);
    assert.deepEqual([await scene.store.model('iris'), await filesOn(scene)], [undefined, 0]);
  });

  test('frees its place, however it ends', async () => {
    await using scene = await openRegistryScene({ limits: { maxConcurrentUploads: 1 } });
    await assert.rejects(scene.upload({ version: '1' }, {}), { code: 'invalid_argument' });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const slow = async function* () {
      await held;
      yield* inPieces({ 'model.onnx': 'x' });
    };
    const first = registerVersion(scene.context, scene.deps, order(), newVersion({ version: '1' }), slow());
    await assert.rejects(scene.upload({ version: '2' }, { 'model.onnx': 'x' }), {
      code: 'resource_exhausted',
      message: '1 versions are being registered already; try again when one is done',
    });
    release();
    await first;
    await scene.upload({ version: '2' }, { 'model.onnx': 'x' });
  });
});

suite('what is refused', () => {
  const files = { 'model.onnx': 'x' };

  test('names that are none, and words that mean something else', async () => {
    await using scene = await openRegistryScene();
    for (const version of ['latest', 'alias:live', 'a/b', '..', '-1', 'x'.repeat(129)]) {
      await assert.rejects(scene.upload({ version }, files), { code: 'invalid_argument' }, version);
    }
    for (const model of ['', 'a b', '../x']) {
      await assert.rejects(scene.upload({ model }, files), { code: 'invalid_argument' }, model);
    }
  });

  test('metadata beyond their limits, but not at them', async () => {
    await using scene = await openRegistryScene();
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, 'v']));
    for (const over of [
      { description: 'x'.repeat(10_001) },
      { tags: many },
      { tags: { '': 'v' } },
      { tags: { k: 'x'.repeat(257) } },
      { parameters: { ['x'.repeat(257)]: 'v' } },
      { extra: { log: 'x'.repeat(2 ** 18) } },
    ]) {
      await assert.rejects(scene.upload({ metadata: metadata(over) }, files), { code: 'invalid_argument' });
    }
    const key = 'k'.repeat(256);
    const tags = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`k${at}`, 'v'.repeat(256)]));
    await scene.upload(
      { metadata: metadata({ description: 'x'.repeat(10_000), tags, parameters: { [key]: 'v' } }) },
      files,
    );
    const around = JSON.stringify(metadata({ extra: { log: '' } })).length;
    const whole = { extra: { log: 'x'.repeat(2 ** 18 - around) } };
    await scene.upload({ metadata: metadata(whole) }, files);
    const over = { extra: { log: `${whole.extra.log}x` } };
    await assert.rejects(scene.upload({ metadata: metadata(over) }, files), { code: 'invalid_argument' });
  });

  test('files without a model.onnx, the same path twice, a path outside, and a piece that is too large', async () => {
    await using scene = await openRegistryScene({ limits: { maxModelBytes: 2 ** 30 } });
    const send = (pieces: readonly (readonly [string, number])[]) =>
      registerVersion(
        scene.context,
        scene.deps,
        order(),
        newVersion({ version: '1' }),
        (async function* () {
          for (const [path, size] of pieces) yield { path, data: new Uint8Array(size) };
        })(),
      );
    const cases: readonly (readonly [readonly (readonly [string, number])[], RegExp])[] = [
      [[['weights', 1]], /there is no model\.onnx among the files/],
      [[], /there is no model\.onnx among the files/],
      [[['a/model.onnx', 1]], /there is no model\.onnx among the files/],
      [
        [
          ['model.onnx', 1],
          ['w', 1],
          ['model.onnx', 1],
        ],
        /"model\.onnx" comes twice/,
      ],
      [
        [
          ['model.onnx', 1],
          ['../w', 1],
        ],
        /begins with "\.\."/,
      ],
      [[['model.onnx', 4 * 2 ** 20 + 1]], /has 4194305 bytes, and 4194304 are the most/],
    ];
    for (const [pieces, message] of cases) {
      await assert.rejects(send(pieces), { code: 'invalid_argument', message });
    }
    await send([['model.onnx', 4 * 2 ** 20]]);
    assert.equal(await filesOn(scene), 1);
  });

  test('more bytes than a version may have, and that many are taken', async () => {
    await using scene = await openRegistryScene({ limits: { maxModelBytes: 1024 } });
    await assert.rejects(scene.upload({ version: '1' }, { 'model.onnx': 'x'.repeat(1000), w: 'y'.repeat(25) }), {
      code: 'resource_exhausted',
      message: 'the version has more than 1024 bytes; make it smaller, or raise --max-model-bytes',
    });
    assert.equal(await filesOn(scene), 0);
    await scene.upload({ version: '1' }, { 'model.onnx': 'x'.repeat(1000), w: 'y'.repeat(24) });
  });
});

suite('registering by path', () => {
  async function openWithFolder(): Promise<RegistryScene & { readonly allowed: string }> {
    const limits = { importDirs: [] as string[], maxModelBytes: 1024, maxConcurrentUploads: 4 };
    const scene = await openRegistryScene({ limits });
    const allowed = join(scene.scratch, 'allowed');
    await mkdir(join(allowed, 'good/data'), { recursive: true });
    await writeFile(join(allowed, 'good/model.onnx'), 'graph');
    await writeFile(join(allowed, 'good/data/w.bin'), 'weights');
    limits.importDirs.push(allowed);
    return { ...scene, deps: { ...scene.deps, limits }, allowed };
  }

  function register({ context, deps }: RegistryScene, path: string) {
    return registerVersion(context, deps, order(), newVersion({ version: '1', path }), inPieces({}));
  }

  test('copies the folder, with the digest that an upload of its files has', async () => {
    await using scene = await openWithFolder();
    const { version } = await register(scene, join(scene.allowed, 'good'));
    const uploaded = await scene.upload({ version: '2' }, { 'model.onnx': 'graph', 'data/w.bin': 'weights' });
    assert.equal(version.digest, uploaded.version.digest);
    await rm(scene.allowed, { recursive: true });
    const pieces: Uint8Array[] = [];
    for await (const piece of scene.blobs.read(sha256('graph'))) pieces.push(piece);
    assert.equal(String(Buffer.concat(pieces)), 'graph');
  });

  test('is refused outside of what is allowed, without a word on what is there', async () => {
    await using scene = await openWithFolder();
    await mkdir(join(scene.scratch, 'outside'));
    await writeFile(join(scene.scratch, 'outside/model.onnx'), 'x');
    await symlink(join(scene.scratch, 'outside'), join(scene.allowed, 'linked'));
    await mkdir(`${scene.allowed}-not`);
    const messages = new Set<string>();
    for (const path of ['outside', 'nowhere', 'allowed', 'allowed/linked', 'allowed/../outside', 'allowed-not']) {
      const absolute = `${scene.scratch}/${path}`;
      await assert.rejects(register(scene, absolute), ({ code, message }: { code: string; message: string }) => {
        messages.add(`${code}: ${message.replace(JSON.stringify(absolute), '<path>')}`);
        return true;
      });
    }
    await assert.rejects(register(scene, 'good'), { code: 'invalid_argument' });
    assert.deepEqual(
      [...messages],
      [`invalid_argument: <path> is no folder below ${scene.allowed}; give the absolute path of one that is`],
    );
  });

  test('is refused where a file in the folder leads out of it, where there are too many bytes, or no model', async () => {
    await using scene = await openWithFolder();
    for (const name of ['leak', 'large', 'empty']) await mkdir(join(scene.allowed, name));
    await writeFile(join(scene.allowed, 'leak/model.onnx'), 'x');
    await symlink('/etc/hostname', join(scene.allowed, 'leak/host'));
    await writeFile(join(scene.allowed, 'large/model.onnx'), 'x'.repeat(1025));
    await assert.rejects(register(scene, join(scene.allowed, 'leak')), { message: /leads outside of / });
    await assert.rejects(register(scene, join(scene.allowed, 'large')), { code: 'resource_exhausted' });
    await assert.rejects(register(scene, join(scene.allowed, 'empty')), { message: /there is no model\.onnx/ });
    assert.equal(await filesOn(scene), 0);
  });

  test('is refused together with files, and where no directory is allowed', async () => {
    await using scene = await openWithFolder();
    const path = join(scene.allowed, 'good');
    const both = registerVersion(scene.context, scene.deps, order(), newVersion({ path }), inPieces({ f: 'x' }));
    await assert.rejects(both, { code: 'invalid_argument', message: /give one of the two/ });
    await using strict = await openRegistryScene();
    await assert.rejects(register(strict, path), { code: 'failed_precondition', message: /--import-dirs/ });
  });
});
