/** From UPLOADED to QUALIFIED or REJECTED: with real children and models that deserve their limits, and with faults. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import { Qualifier } from '../../../src/admin/qualifier.ts';
import type { QualificationFault, QualifierOptions } from '../../../src/admin/qualifier.ts';
import { ServerError } from '../../../src/domain/errors.ts';
import type { VersionSpec } from '../../../src/domain/version.ts';
import { qualifyVersion } from '../../../src/registry/qualification.ts';
import { VersionFolders, linkOrCopy } from '../../../src/registry/version-folders.ts';
import { TEST_MODELS, fixture, report, settings } from '../../support/builders.ts';
import { openRegistryScene, order } from '../../support/registry-scene.ts';
import type { RegistryScene } from '../../support/registry-scene.ts';

const CHILD = fileURLToPath(new URL('../../../src/runtime/qualification-child.ts', import.meta.url));
const FILE = { 'model.onnx': 'graph' };

interface QualifierScene extends RegistryScene {
  readonly qualifier: Qualifier;
  readonly faults: QualificationFault[];
  /** "model/version: state", as they were told, without repetitions. */
  readonly steps: () => Promise<string[]>;
}

async function openQualifier(
  over: Partial<QualifierOptions> = {},
  context: Parameters<typeof openRegistryScene>[0] = {},
): Promise<QualifierScene> {
  const scene = await openRegistryScene(context);
  const faults: QualificationFault[] = [];
  const folders = await VersionFolders.open({ dir: join(scene.scratch, 'versions'), obtain: linkOrCopy(scene.blobs) });
  const qualifier = new Qualifier({
    context: scene.context,
    folders,
    qualify: (spec) => Promise.resolve(report({ digest: spec.digest })),
    revision: 'test',
    onFault: (fault) => faults.push(fault),
    retryDelayMs: () => 0,
    ...over,
  });
  const seen: Promise<string>[] = [];
  scene.context.changes.listen((model) => {
    seen.push(scene.store.versionStates(model).then((all) => all.map(({ state }) => state).join()));
  });
  return {
    ...scene,
    qualifier,
    faults,
    steps: async () => (await Promise.all(seen)).filter((step, at, all) => step !== all[at - 1]),
    [Symbol.asyncDispose]: async () => {
      await qualifier.close();
      await scene[Symbol.asyncDispose]();
    },
  };
}

function realChild(scratch: () => string, timeoutMs = 30_000, maxMemoryBytes = 2 ** 30): QualifierOptions['qualify'] {
  return (spec, signal) => {
    const limits = { timeoutMs, maxMemoryBytes, revision: 'test', signal };
    const places = { cacheDir: join(scratch(), 'cache'), weightsPool: join(scratch(), 'weights') };
    return qualifyVersion(spec, { nodePath: process.execPath, childFile: CHILD, ...places, ...limits });
  };
}

async function stateOf({ store }: RegistryScene, version = '1', model = 'iris'): Promise<string> {
  const row = await store.version(model, version);
  return row === undefined ? 'none' : `${row.state}${row.reason === '' ? '' : `: ${row.reason}`}`;
}

suite('with real children', { concurrency: 1 }, () => {
  async function qualify(model: string, over: { timeoutMs?: number; maxMemoryBytes?: number } = {}) {
    let scratch = '';
    const scene = await openQualifier({ qualify: realChild(() => scratch, over.timeoutMs, over.maxMemoryBytes) });
    ({ scratch } = scene);
    const { files, path } = await fixture(model);
    const contents: Record<string, Uint8Array> = {};
    for (const file of files) contents[file.path] = await readFile(join(path, '..', file.path));
    await scene.upload({ version: '1' }, contents);
    scene.qualifier.enqueue('iris', '1');
    await scene.qualifier.idle();
    return scene;
  }

  test('a good model passes, with its report, its events and its first traffic in one go', async () => {
    await using scene = await qualify('external');
    const row = await scene.store.version('iris', '1');
    assert.deepEqual([row?.state, row?.reason, row?.report?.digest], ['qualified', '', row?.digest]);
    assert.equal(row?.report?.signature.inputs.length, 1);
    assert.deepEqual(await scene.steps(), ['uploaded', 'qualifying', 'qualified']);
    const events = await scene.events();
    assert.deepEqual(
      events.map(({ kind, subject }) => `${kind} ${subject}`),
      ['version.registered 1', 'version.qualified 1', 'traffic.first 1'],
    );
    assert.equal((await scene.store.epoch('iris'))?.policy.arms[0]?.version, '1');
    assert.deepEqual(await readdir(join(scene.scratch, 'versions')), [], 'its folder is gone again');
  });

  test('a model whose external data lie outside of it is rejected with that reason', async () => {
    await using scene = await qualify('external_escape');
    assert.match(
      await stateOf(scene),
      /^rejected: tensor "weights" lies in "\.\.\/\.\.\/simple\/1\/model\.onnx", which is not inside the model/,
    );
  });

  test('a model that answers its golden example wrongly is rejected', async () => {
    await using scene = await qualify('wrong_golden');
    assert.match(await stateOf(scene), /^rejected: golden example 1 is answered wrongly/);
    const event = (await scene.events()).at(-1);
    assert.deepEqual(
      [event?.kind, event?.before.state, event?.after.state],
      ['version.rejected', 'qualifying', 'rejected'],
    );
    assert.equal(await scene.store.epoch('iris'), undefined);
  });

  test('a model that hangs is rejected when its time is over', async () => {
    await using scene = await qualify('endless_loop', { timeoutMs: 2000 });
    assert.match(await stateOf(scene), /^rejected: qualification did not finish within 2 s/);
  });

  test('a model that eats memory is rejected', async () => {
    await using scene = await qualify('hungry_slowly', { maxMemoryBytes: 300 * 2 ** 20 });
    assert.match(await stateOf(scene), /^rejected: the model needs more memory/);
  });

  test('a model with an output that is no tensor passes, and says which it skips', async () => {
    await using scene = await qualify('with_zipmap');
    const row = await scene.store.version('iris', '1');
    assert.equal(row?.state, 'qualified');
    assert.equal(row.report?.signature.skippedOutputs.length, 1);
  });

  test('close ends a child that hangs at once, and its version is taken up again later', async () => {
    const began = Promise.withResolvers<void>();
    let scratch = '';
    await using scene = await openQualifier({
      qualify: (spec, signal) => {
        const running = realChild(() => scratch, 60_000)(spec, signal);
        began.resolve();
        return running;
      },
    });
    ({ scratch } = scene);
    const model = await readFile(join(TEST_MODELS, 'endless_loop/1/model.onnx'));
    await scene.upload({ version: '1' }, { 'model.onnx': model });
    scene.qualifier.enqueue('iris', '1');
    await began.promise;
    await scene.qualifier.close();
    assert.equal(await stateOf(scene), 'qualifying');
    assert.deepEqual(scene.faults, []);
  });
});

suite('the line', () => {
  test('two are at work at most, and those of one model follow one another', async () => {
    const running = new Set<string>();
    const together: string[][] = [];
    const gates = new Map<string, PromiseWithResolvers<void>>();
    const started = new Map<string, PromiseWithResolvers<void>>();
    const keys = ['a/1', 'a/2', 'b/1', 'c/1'];
    for (const key of keys) {
      gates.set(key, Promise.withResolvers());
      started.set(key, Promise.withResolvers());
    }
    await using scene = await openQualifier({
      qualify: async (spec) => {
        const key = `${spec.model}/${spec.version}`;
        running.add(key);
        together.push([...running]);
        started.get(key)?.resolve();
        await gates.get(key)?.promise;
        running.delete(key);
        return report({ digest: spec.digest });
      },
    });
    for (const key of keys) {
      const [model = '', version = ''] = key.split('/');
      await scene.upload({ model, version }, { 'model.onnx': key });
      scene.qualifier.enqueue(model, version);
    }
    await started.get('a/1')?.promise;
    await started.get('b/1')?.promise;
    gates.get('b/1')?.resolve();
    await started.get('c/1')?.promise;
    gates.get('a/1')?.resolve();
    await started.get('a/2')?.promise;
    for (const gate of gates.values()) gate.resolve();
    await scene.qualifier.idle();
    assert.deepEqual(
      // The first of all is one of two that begin together.
      together.slice(1).map((names) => names.toSorted().join(' ')),
      ['a/1 b/1', 'a/1 c/1', 'a/2 c/1'],
    );
    assert.equal((await scene.store.epoch('a'))?.policy.arms[0]?.version, '1');
  });

  test('the same files are asked once, under whatever names, unless the settings differ', async () => {
    const asked: string[] = [];
    const qualify = (spec: VersionSpec) => {
      asked.push(`${spec.model}/${spec.version} ${spec.settings.maxBatchRows}`);
      return Promise.resolve(report({ digest: spec.digest }));
    };
    const settingsOf = (config: { readonly rows?: unknown }) => settings({ maxBatchRows: Number(config.rows ?? 8) });
    await using scene = await openQualifier({ qualify }, { context: { settingsOf } });
    for (const [model, version] of [
      ['a', '1'],
      ['a', '2'],
      ['b', '1'],
      ['c', '1'],
    ] as const) {
      await scene.upload({ model, version }, FILE);
    }
    const other = await scene.store.model('c');
    assert(other !== undefined);
    await scene.store.transact((writer) => writer.putModel({ ...other, config: { rows: 4 } }));
    await scene.qualifier.resume();
    await scene.qualifier.idle();
    assert.deepEqual(asked.sort(), ['a/1 8', 'c/1 4']);
    const states = await scene.store.versionStates();
    assert(
      states.every(({ state }) => state === 'qualified'),
      JSON.stringify(states),
    );
  });

  test('what a crash left UPLOADED or QUALIFYING is taken up, oldest first; the rest is left alone', async () => {
    const asked: string[] = [];
    await using scene = await openQualifier({
      qualify: (spec) => {
        asked.push(spec.version);
        return Promise.resolve(report({ digest: spec.digest }));
      },
    });
    for (const version of ['1', '2', '3']) {
      const { version: row } = await scene.upload({ version }, { 'model.onnx': version });
      const state = version === '2' ? 'qualifying' : version === '3' ? 'rejected' : 'uploaded';
      await scene.store.transact((writer) => writer.putVersion({ ...row, state }));
      scene.pass(1);
    }
    await scene.qualifier.resume();
    await scene.qualifier.resume();
    await scene.qualifier.decided('iris');
    assert.deepEqual(asked, ['1', '2']);
    assert.equal(await stateOf(scene, '3'), 'rejected');
  });

  test('a version that was deleted while it waited is left alone', async () => {
    const gate = Promise.withResolvers<void>();
    await using scene = await openQualifier({
      qualify: async (spec) => {
        await gate.promise;
        return report({ digest: spec.digest });
      },
    });
    for (const version of ['1', '2']) {
      await scene.upload({ version }, { 'model.onnx': version });
      scene.qualifier.enqueue('iris', version);
    }
    await deleteVersion(scene.context, { model: 'iris', version: '2' }, order());
    gate.resolve();
    await scene.qualifier.idle();
    assert.deepEqual([await stateOf(scene, '1'), await stateOf(scene, '2')], ['qualified', 'deleted']);
  });
});

suite('faults of the server', () => {
  test('are tried again, UPLOADED in between, and told', async () => {
    let attempts = 0;
    await using scene = await openQualifier({
      qualify: (spec) => {
        attempts += 1;
        if (attempts < 3) return Promise.reject(new ServerError('resource_exhausted', 'the disk is full'));
        return Promise.resolve(report({ digest: spec.digest }));
      },
    });
    await scene.upload({ version: '1' }, FILE);
    scene.qualifier.enqueue('iris', '1');
    await scene.qualifier.idle();
    assert.equal(await stateOf(scene), 'qualified');
    assert.deepEqual(await scene.steps(), [
      ...['uploaded', 'qualifying', 'uploaded', 'qualifying', 'uploaded', 'qualifying', 'qualified'],
    ]);
    assert.deepEqual(
      scene.faults.map(({ model, version, reason, isLast }) => `${model}/${version} ${reason} ${isLast}`),
      ['iris/1 the disk is full false', 'iris/1 the disk is full false'],
    );
  });

  test('end after five attempts, with waits that grow, in a rejection that says why', async () => {
    const waits: number[] = [];
    await using scene = await openQualifier({
      qualify: () => Promise.reject(new Error('EIO')),
      retryDelayMs: (attempt) => {
        waits.push(attempt);
        return 0;
      },
    });
    await scene.upload({ version: '1' }, FILE);
    scene.qualifier.enqueue('iris', '1');
    await scene.qualifier.idle();
    assert.deepEqual([waits, scene.faults.length], [[1, 2, 3, 4], 5]);
    assert.equal(await stateOf(scene), 'rejected: it could not be qualified in 5 attempts: EIO');
  });

  test('a file that is gone from the registry is such a fault', async () => {
    await using scene = await openQualifier();
    const { version } = await scene.upload({ version: '1' }, FILE);
    await scene.blobs.withdraw([version.files[0]?.sha256 ?? '']).carryOut();
    scene.qualifier.enqueue('iris', '1');
    await scene.qualifier.idle();
    assert.match(await stateOf(scene), /^rejected: .* in 5 attempts: file "model\.onnx" .* is gone from the registry/);
  });

  test('close does not wait for the next attempt', async () => {
    const failed = Promise.withResolvers<void>();
    await using scene = await openQualifier({
      qualify: () => Promise.reject(new Error('EIO')),
      retryDelayMs: () => 3_600_000,
      onFault: () => failed.resolve(),
    });
    await scene.upload({ version: '1' }, FILE);
    scene.qualifier.enqueue('iris', '1');
    await failed.promise;
    await scene.qualifier.close();
    assert.equal(await stateOf(scene), 'uploaded');
    scene.qualifier.enqueue('iris', '1');
    await scene.qualifier.idle();
  });
});
