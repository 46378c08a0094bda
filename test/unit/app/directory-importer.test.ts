/** The models directory, brought into a registry in memory. */
import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryImporter } from '../../../src/app/directory-importer.ts';
import { compileOptions } from '../../../src/config/compile-options.ts';
import { recordedEvents } from '../../support/recorded-events.ts';
import { openRegistryScene } from '../../support/registry-scene.ts';

async function openImporter(given?: 'off') {
  const scene = await openRegistryScene();
  const modelsDir = join(scene.scratch, 'models');
  await mkdir(modelsDir);
  const compiled = compileOptions({ argv: [`--models-dir=${given ?? modelsDir}`], env: {} });
  assert(compiled.kind === 'config');
  const { events, recorded } = recordedEvents();
  const decided = Promise.withResolvers<undefined>();
  const qualifier = {
    enqueue: (model: string, version: string) => {
      scene.enqueued.push(`${model}/${version}`);
    },
    decided: () => decided.promise,
    idle: () => Promise.resolve(),
  };
  const { context, blobs } = scene;
  const importer = new DirectoryImporter({ config: compiled.config, events, context, blobs, qualifier });
  const add = async (version: string): Promise<void> => {
    await mkdir(join(modelsDir, 'iris', version), { recursive: true });
    await writeFile(join(modelsDir, 'iris', version, 'model.onnx'), `graph ${version}`);
  };
  const named = (name: string) => recorded.filter(({ event }) => event === name).map(({ fields }) => fields);
  return {
    ...{ scene, modelsDir, importer, add, named },
    decide: () => {
      decided.resolve(undefined);
    },
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  };
}

/** Lets what was resolved go on. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('the start is over when what was found is qualified or rejected', async () => {
  await using t = await openImporter();
  await t.add('1');
  let isOver = false;
  const starting = t.importer.start().then(() => (isOver = true));
  await t.importer.read();
  await turns();
  assert.deepEqual(t.scene.enqueued, ['iris/1']);
  assert.equal(isOver, false);
  t.decide();
  await starting;
});

test('readings are one after the other: what the first registers is not new to the second', async () => {
  await using t = await openImporter();
  await t.add('1');
  const readings = [t.importer.read(), t.importer.read()];
  const registered = (await Promise.all(readings)).map((report) => report?.registered.map(({ version }) => version));
  assert.deepEqual(registered, [['1'], []]);
  await t.add('2');
  assert.deepEqual((await t.importer.read())?.registered, [{ model: 'iris', version: '2' }]);
  assert.deepEqual(
    t.named('imported').map(({ registered: count }) => count),
    [1, 0, 1],
  );
});

test('what is wrong in the directory is told of, and the rest comes in', async () => {
  await using t = await openImporter();
  await t.add('1');
  await mkdir(join(t.modelsDir, 'iris', 'empty'));
  const report = await t.importer.read();
  assert.equal(report?.registered.length, 1);
  const [failed, ...rest] = t.named('versionFailed');
  assert.deepEqual([failed?.model, failed?.version, rest], ['iris', 'empty', []]);
});

test('a directory that cannot be read is told of, leaves the registry as it is, and does not keep the start', async () => {
  await using t = await openImporter();
  await t.add('1');
  await t.importer.read();
  await rename(t.modelsDir, `${t.modelsDir}.away`);
  assert.equal(await t.importer.read(), undefined);
  await t.importer.start();
  assert.equal(t.named('desiredStateUnreadable').length, 2);
  assert.equal((await t.scene.store.version('iris', '1'))?.state, 'uploaded');
  await rename(`${t.modelsDir}.away`, t.modelsDir);
  assert.deepEqual((await t.importer.read())?.registered, []);
});

test('without a directory there is nothing to read', async () => {
  await using t = await openImporter('off');
  assert.equal(await t.importer.read(), undefined);
  await t.importer.start();
  assert.deepEqual([t.named('imported'), t.named('desiredStateUnreadable')], [[], []]);
});

test('closing waits for the reading that is under way, and nothing is read after it', async () => {
  await using t = await openImporter();
  await t.add('1');
  const reading = t.importer.read();
  await turns();
  const next = t.importer.read();
  await t.importer.close();
  assert.equal((await reading)?.registered.length, 1);
  assert.equal(await next, undefined);
  assert.equal(await t.importer.read(), undefined);
  assert.equal(t.named('imported').length, 1);
});
