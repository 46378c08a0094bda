/** The models directory in the registry: what is new comes in, what is known stays, and nobody's changes are undone. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { configureModel } from '../../../src/admin/configure-model.ts';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import { importDirectory } from '../../../src/admin/import-directory.ts';
import type { ImportReport } from '../../../src/admin/import-directory.ts';
import { importMetadata } from '../../../src/admin/import-metadata.ts';
import { Qualifier } from '../../../src/admin/qualifier.ts';
import { rollbackTraffic } from '../../../src/admin/rollback-traffic.ts';
import { readModelsDirectory } from '../../../src/registry/directory.ts';
import { VersionFolders, linkOrCopy } from '../../../src/registry/version-folders.ts';
import { report } from '../../support/builders.ts';
import { metadata, openRegistryScene, order } from '../../support/registry-scene.ts';
import type { RegistryScene } from '../../support/registry-scene.ts';

const DEFAULTS = {
  maxBatchRows: 64,
  maxQueueDelayMs: 0,
  maxQueueRows: 1024,
  maxQueueBytes: 2 ** 28,
  intraOpThreads: 1,
  executionProviders: ['cpu'],
  maxRunMs: 30_000,
  weights: 'auto' as const,
};

interface DirectoryScene extends RegistryScene {
  readonly models: string;
  lay(files: Readonly<Record<string, string>>): Promise<void>;
  /** Reads the directory, imports it, and waits for qualification and traffic. */
  read(): Promise<Omit<ImportReport, 'settled'> & { readonly later: readonly string[] }>;
}

async function openDirectory(): Promise<DirectoryScene> {
  const scene = await openRegistryScene();
  const models = join(scene.scratch, 'models');
  await mkdir(models);
  const folders = await VersionFolders.open({ dir: join(scene.scratch, 'versions'), obtain: linkOrCopy(scene.blobs) });
  const qualifier = new Qualifier({
    context: scene.context,
    folders,
    qualify: (spec) => Promise.resolve(report({ digest: spec.digest })),
    revision: 'test',
    onFault: ({ reason }) => assert.fail(reason),
  });
  return {
    ...scene,
    models,
    lay: async (files) => {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(models, path)), { recursive: true });
        await writeFile(join(models, path), content);
      }
    },
    read: async () => {
      const listing = await readModelsDirectory(models, DEFAULTS);
      const { settled, ...rest } = await importDirectory(scene.context, { blobs: scene.blobs, qualifier }, listing);
      return { ...rest, later: (await settled).map(({ model, reason }) => `${model}: ${reason}`) };
    },
    [Symbol.asyncDispose]: async () => {
      await qualifier.close();
      await scene[Symbol.asyncDispose]();
    },
  };
}

/** "version state warm" of a model's versions. */
async function outline({ store }: RegistryScene, model = 'm'): Promise<string[]> {
  const states = await store.versionStates(model);
  return states.map(({ version, state, warm }) => `${version} ${state} ${warm ? 'warm' : 'cold'}`).sort();
}

async function weights({ store }: RegistryScene, model = 'm'): Promise<Record<string, number> | undefined> {
  const epoch = await store.epoch(model);
  return epoch && Object.fromEntries(epoch.policy.arms.map(({ version, weight }) => [version, weight]));
}

suite('importDirectory', () => {
  test('new versions are registered, qualified and warm, and the first of a model has its traffic', async () => {
    await using scene = await openDirectory();
    await scene.lay({ 'm/1/model.onnx': 'one', 'm/1/model.json': '{"framework": "numpy"}', 'm/2/model.onnx': 'two' });
    const { registered, problems, later } = await scene.read();
    assert.deepEqual(
      [registered, problems, later],
      [
        [
          { model: 'm', version: '1' },
          { model: 'm', version: '2' },
        ],
        [],
        [],
      ],
    );
    assert.deepEqual(await outline(scene), ['1 qualified warm', '2 qualified warm']);
    assert.deepEqual(await weights(scene), { '1': 10_000 });
    const row = await scene.store.version('m', '1');
    assert.deepEqual([row?.createdBy, row?.metadata.framework], ['models-directory', 'numpy']);
  });

  test('read again, nothing changes', async () => {
    await using scene = await openDirectory();
    await scene.lay({
      'm/1/model.onnx': 'one',
      'm/2/model.onnx': 'two',
      'm/config.json': '{"maxBatchRows": 4, "traffic": {"1": 9000, "2": 1000}}',
    });
    await scene.read();
    const events = await scene.events();
    const revision = await scene.store.revision();
    assert.deepEqual(await scene.read(), { registered: [], problems: [], later: [] });
    assert.deepEqual([await scene.events(), await scene.store.revision()], [events, revision]);
  });

  test('other files under a known name are a problem, and the version stays as it was', async () => {
    await using scene = await openDirectory();
    await scene.lay({ 'm/1/model.onnx': 'one' });
    await scene.read();
    const before = await scene.store.version('m', '1');
    await scene.lay({ 'm/1/model.onnx': 'other' });
    const { problems } = await scene.read();
    assert.deepEqual(problems, [
      {
        model: 'm',
        version: '1',
        reason:
          'it is registered with other files, and a version is immutable; give the new files another version name',
      },
    ]);
    assert.deepEqual(await scene.store.version('m', '1'), before);
  });

  test('a version that was deleted stays so, and the folder is a problem that says by whom', async () => {
    await using scene = await openDirectory();
    await scene.lay({ 'm/1/model.onnx': 'one', 'm/2/model.onnx': 'two' });
    await scene.read();
    await deleteVersion(scene.context, { model: 'm', version: '2' }, order({ actor: 'bob' }));
    const { problems } = await scene.read();
    assert.deepEqual(
      problems.map(({ version, reason }) => `${version}: ${reason}`),
      ['2: it was deleted by bob; remove the folder, or give it another name'],
    );
    assert.equal((await scene.store.version('m', '2'))?.state, 'deleted');
  });

  test('what left the directory is no longer warm, and is again when it is back', async () => {
    await using scene = await openDirectory();
    await scene.lay({ 'm/1/model.onnx': 'one', 'm/2/model.onnx': 'two', 'n/1/model.onnx': 'n' });
    await scene.read();
    await rm(join(scene.models, 'm/2'), { recursive: true });
    await rm(join(scene.models, 'n'), { recursive: true });
    await scene.read();
    assert.deepEqual(
      [await outline(scene), await outline(scene, 'n')],
      [['1 qualified warm', '2 qualified cold'], ['1 qualified cold']],
    );
    const event = (await scene.events()).at(-1);
    assert.deepEqual([event?.kind, event?.before, event?.after], ['version.updated', { warm: true }, { warm: false }]);
    await scene.lay({ 'm/2/model.onnx': 'two' });
    assert.deepEqual((await scene.read()).problems, []);
    assert.deepEqual(await outline(scene), ['1 qualified warm', '2 qualified warm']);
  });

  test('what somebody else registered keeps its warmth, and what cannot be read stays as it is', async () => {
    await using scene = await openDirectory();
    await scene.upload({ model: 'm', version: '9', warm: true }, { 'model.onnx': 'nine' });
    await scene.lay({ 'm/1/model.onnx': 'one', 'm/2/model.onnx': 'two', 'n/1/model.onnx': 'n' });
    await scene.read();
    await scene.lay({ 'm/2/model.json': '{', 'n/config.json': '{' });
    await scene.read();
    assert.deepEqual(await outline(scene), ['1 qualified warm', '2 qualified warm', '9 uploaded warm']);
    assert.deepEqual(await outline(scene, 'n'), ['1 qualified warm']);
  });

  test('files that change while they are read are not registered', async () => {
    await using scene = await openDirectory();
    await scene.lay({ 'm/1/model.onnx': 'one' });
    const listing = await readModelsDirectory(scene.models, DEFAULTS);
    await scene.lay({ 'm/1/model.onnx': 'two' });
    const deps = { blobs: scene.blobs, qualifier: { enqueue: () => undefined, decided: () => Promise.resolve() } };
    const { registered, problems } = await importDirectory(scene.context, deps, listing);
    assert.deepEqual(
      [registered, problems.map(({ reason }) => reason)],
      [[], ['its files changed while they were read; read the directory again']],
    );
    assert.equal(await scene.store.model('m'), undefined);
  });
});

suite('config.json', () => {
  test('is how the model is run, with an event, from before its versions are qualified', async () => {
    await using scene = await openDirectory();
    const config = { maxBatchRows: 4, isolated: true };
    await scene.lay({ 'm/1/model.onnx': 'one', 'm/config.json': JSON.stringify({ ...config, versionPolicy: 'all' }) });
    await scene.read();
    assert.deepEqual((await scene.store.model('m'))?.config, config);
    const kinds = (await scene.events()).map(({ kind, actor }) => `${kind} ${actor}`);
    assert.deepEqual(kinds.slice(0, 3), [
      'version.registered models-directory',
      'model.configured models-directory',
      'version.qualified qualification',
    ]);
  });

  test("an operator's later settings stay until the file says something new", async () => {
    await using scene = await openDirectory();
    await scene.lay({ 'm/1/model.onnx': 'one', 'm/config.json': '{"maxBatchRows": 4}' });
    await scene.read();
    await configureModel(scene.context, { model: 'm', config: { maxBatchRows: 2 } }, order());
    await scene.read();
    assert.deepEqual((await scene.store.model('m'))?.config, { maxBatchRows: 2 });
    await scene.lay({ 'm/config.json': '{"maxBatchRows": 16}' });
    await scene.read();
    assert.deepEqual((await scene.store.model('m'))?.config, { maxBatchRows: 16 });
    await rm(join(scene.models, 'm/config.json'));
    await scene.read();
    assert.deepEqual((await scene.store.model('m'))?.config, {});
  });

  test('traffic is applied once all that it names are qualified, and an operator may change it', async () => {
    await using scene = await openDirectory();
    await scene.lay({
      'm/1/model.onnx': 'one',
      'm/2/model.onnx': 'two',
      'm/config.json': '{"traffic": {"1": 9000, "2": 1000}}',
    });
    assert.deepEqual((await scene.read()).later, []);
    assert.deepEqual(await weights(scene), { '1': 9000, '2': 1000 });
    await rollbackTraffic(scene.context, { model: 'm', toEpoch: 0, expectedEpoch: 0, waitMs: 0 }, order());
    await scene.read();
    assert.deepEqual(await weights(scene), { '1': 10_000 });
    await scene.lay({ 'm/config.json': '{"traffic": {"1": 5000, "2": 5000}}' });
    await scene.read();
    assert.deepEqual(await weights(scene), { '1': 5000, '2': 5000 });
  });

  test('traffic for what is not there is a problem, and the traffic stays as it was', async () => {
    await using scene = await openDirectory();
    await scene.lay({ 'm/1/model.onnx': 'one', 'm/config.json': '{"traffic": {"1": 9000, "2": 1000}}' });
    const { later } = await scene.read();
    assert.equal(later.length, 1);
    assert.match(later[0] ?? '', /^m: config\.json's traffic was not applied: .*"2"/);
    assert.deepEqual(await weights(scene), { '1': 10_000 });
  });
});

suite('importMetadata', () => {
  test('known keys go to their fields, in either spelling, and the rest is kept as given', () => {
    const json = {
      description: 'd',
      modelType: 'forest',
      framework: 'scikit-learn',
      tags: { team: 'a' },
      metrics: { accuracy: 1 },
      parameters: { depth: '3' },
      training_data: 'iris.csv',
      training_data_digest: 'sha256:1',
      code_commit: 'abc',
      dependencyLockDigest: 'sha256:2',
      source: 'pipeline 7',
      parent: 'iris/1',
      libraries: { onnx: '1.23' },
      createdAt: '2026',
    };
    assert.deepEqual(importMetadata(json), {
      ...metadata({ description: 'd', modelType: 'forest', framework: 'scikit-learn' }),
      ...{ tags: { team: 'a' }, metrics: { accuracy: 1 }, parameters: { depth: '3' } },
      ...{ trainingData: 'iris.csv', trainingDataDigest: 'sha256:1', codeCommit: 'abc' },
      ...{ dependencyLockDigest: 'sha256:2', source: 'pipeline 7', parent: 'iris/1' },
      extra: { libraries: { onnx: '1.23' }, createdAt: '2026' },
    });
  });

  test('what a field cannot hold as it was written is in the field as far as it goes, and kept as given', () => {
    const json = {
      description: 7,
      tags: ['a'],
      parameters: { alpha: 0.1, layers: [48], solver: 'adam' },
      trainingData: { source: 'load_iris', rows: 150, digest: 'sha256:1' },
    };
    assert.deepEqual(
      importMetadata(json),
      metadata({
        parameters: { alpha: '0.1', layers: '[48]', solver: 'adam' },
        trainingData: 'load_iris',
        trainingDataDigest: 'sha256:1',
        extra: json,
      }),
    );
  });
});
