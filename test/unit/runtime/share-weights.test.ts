/** The shared layout of versions on the disk, and what sessions answer with it. */
import '../../support/no-telemetry.ts';
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { toBlock, toTensor } from '../../../src/batching/join-and-split.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { compareOutputs } from '../../../src/runtime/compare.ts';
import { OnnxSession } from '../../../src/runtime/session.ts';
import {
  bringLayout,
  keepLayouts,
  removeLayout,
  sharableBytes,
  shareWeights,
} from '../../../src/runtime/share-weights.ts';
import { tidyPool } from '../../../src/runtime/weights-pool.ts';
import { fixture, settings, tensor } from '../../support/builders.ts';
import { EXTERNAL, FLOAT, asModel, encodeModel, floats, twoLayers, value } from '../../support/onnx-models.ts';
import type { OnnxModel } from '../../support/onnx-models.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-weights-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const WEIGHTS = /^[0-9a-f]{64}$/;

/** A version's folder with this model, and where its layout goes. */
function version(name: string, model: OnnxModel, files: Readonly<Record<string, Uint8Array>> = {}) {
  const folder = join(root, 'versions', name);
  const place = { model: join(folder, 'model.onnx'), folder: join(root, 'layouts', name), pool: join(root, 'weights') };
  for (const [path, bytes] of Object.entries({ 'model.onnx': encodeModel(model), ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return place;
}

function pooled(): string[] {
  return existsSync(join(root, 'weights')) ? readdirSync(join(root, 'weights')) : [];
}

const ROWS = 5;
const X = tensor(
  'x',
  'FP32',
  [ROWS, 64],
  Array.from({ length: ROWS * 64 }, (_, at) => Math.cos(at)),
);

async function answer(path: string, prepack: boolean, inputs: readonly Tensor[] = [X]): Promise<readonly Tensor[]> {
  const session = await OnnxSession.open(path, { ...settings(), prepack });
  const { outputs } = await session.run(inputs.map(toBlock), []);
  await session.close();
  return outputs.map(toTensor);
}

/** With the main graph's weight, and one of a branch's own that has to stay. */
function branches(): OnnxModel {
  const branch = (name: string, seed: number) => ({
    ...{ name, type: 5 },
    g: {
      name,
      node: [
        { op_type: 'MatMul', input: ['x', 'W'], output: [`${name} h`] },
        { op_type: 'Add', input: [`${name} h`, `${name} B`], output: [`${name} y`] },
      ],
      initializer: [floats(`${name} B`, [17_000], seed)],
      output: [{ name: `${name} y` }],
    },
  });
  const attribute = [branch('then_branch', 5), branch('else_branch', 6)];
  return asModel({
    name: 'branches',
    node: [{ op_type: 'If', input: ['which'], output: ['y'], attribute }],
    initializer: [floats('W', [64, 17_000], 4), { name: 'which', data_type: 9, dims: [], raw_data: Uint8Array.of(1) }],
    input: [value('x', 64)],
    output: [value('y', 17_000)],
  });
}

suite('shareWeights', () => {
  test('sessions answer to the bit as before, and without prepacking within what kernels differ by', async () => {
    for (const [name, model] of Object.entries({ 'two layers': twoLayers(), branches: branches() })) {
      const place = version(name, model);
      const { path, digest } = shareWeights(place);
      assert.match(digest, WEIGHTS);
      const expected = await answer(place.model, true);
      assert.deepEqual(await answer(path, true), expected);
      assert.equal(compareOutputs(await answer(path, false), expected, 1e-5), undefined);
    }
  });

  test('typed values are weights as well as raw ones', async () => {
    const { graph } = twoLayers();
    const initializer = (graph?.initializer ?? []).map(({ raw_data = new Uint8Array(0), ...rest }) => {
      return { ...rest, float_data: [...new Float32Array(raw_data.slice().buffer)] };
    });
    const place = version('typed', asModel({ ...graph, initializer }));
    assert.deepEqual(
      await answer(shareWeights(place).path, true),
      await answer(version('raw', twoLayers()).model, true),
    );
  });

  test('equal weights of two versions are one file', () => {
    const first = shareWeights(version('1', twoLayers()));
    const tuned = shareWeights(version('2', twoLayers({ second: 9, bias: 8 })));
    const inodes = (path: string) => {
      const names = readdirSync(dirname(path)).filter((name) => WEIGHTS.test(name));
      return names.map((name) => statSync(join(dirname(path), name)).ino);
    };
    assert.equal(new Set([...inodes(first.path), ...inodes(tuned.path)]).size, 3);
    assert.equal(pooled().length, 3);
    assert.notEqual(first.digest, tuned.digest);
  });

  test('weights of one version that are equal are one file, and the layout of equal models has one digest', () => {
    const { graph } = twoLayers();
    const [first] = graph?.initializer ?? [];
    const model = asModel({ ...graph, initializer: [...(graph?.initializer ?? []), { ...first, name: 'again' }] });
    const digest = shareWeights(version('1', model)).digest;
    assert.equal(pooled().length, 2);
    assert.equal(shareWeights(version('2', model)).digest, digest);
  });

  test('a model whose weights lie in files of its own is mapped as it is', async () => {
    const { path } = await fixture('external');
    const place = { model: path, folder: join(root, 'layout'), pool: join(root, 'weights') };
    assert.deepEqual([sharableBytes(path), shareWeights(place)], [64, { path, digest: '' }]);
    assert.deepEqual(readdirSync(root), []);
  });

  test('a model with weights in both places keeps its files beside it', async () => {
    const { graph } = twoLayers();
    const [w0, b0, w1, b1] = graph?.initializer ?? [];
    const { raw_data = new Uint8Array(0), ...described } = w1 ?? {};
    const external = [
      { key: 'location', value: 'more/w.bin' },
      { key: 'offset', value: '4' },
      { key: 'length', value: String(raw_data.length) },
    ];
    const elsewhere = { ...described, external_data: external, data_location: EXTERNAL };
    const mixed = asModel({ ...graph, initializer: [w0 ?? {}, b0 ?? {}, elsewhere, b1 ?? {}] });
    const place = version('mixed', mixed, { 'more/w.bin': Buffer.concat([Buffer.alloc(4), raw_data]) });
    assert.equal(sharableBytes(place.model), 163_840 + 81_920);
    const expected = await answer(version('whole', twoLayers()).model, true);
    const { path } = shareWeights(place);
    assert.deepEqual(await answer(path, true), expected);
    truncateSync(join(dirname(place.model), 'more/w.bin'), 81_923);
    assert.throws(() => shareWeights(place), /needs 81924 bytes and 81923 are there; add the whole file/);
  });

  test('a link beside the model is followed, not copied as a link', async () => {
    const weights = floats('W', [4, 4], 1);
    const external_data = [{ key: 'location', value: 'w.bin' }];
    const initializer = [
      { name: 'V', dims: [4, 4], data_type: FLOAT, external_data, data_location: EXTERNAL },
      floats('W', [4, 17_000], 1),
    ];
    const node = [
      { op_type: 'MatMul', input: ['x', 'V'], output: ['h'] },
      { op_type: 'MatMul', input: ['h', 'W'], output: ['y'] },
    ];
    const model = asModel({ name: 'g', node, initializer, input: [value('x', 4)], output: [value('y', 17_000)] });
    const place = version('linked', model, { 'real.bin': weights.raw_data ?? new Uint8Array(0) });
    symlinkSync('real.bin', join(dirname(place.model), 'w.bin'));
    const { path } = shareWeights(place);
    const row = tensor('x', 'FP32', [1, 4], [1, 2, 3, 4]);
    assert.equal((await answer(path, false, [row])).length, 1);
  });

  test('nothing is left of a layout that could not be finished', () => {
    const place = version('1', twoLayers());
    mkdirSync(join(place.folder, 'taken'), { recursive: true });
    assert.throws(() => shareWeights(place), { code: 'ENOTEMPTY' });
    assert.deepEqual(pooled(), []);
  });
});

suite('bringLayout', () => {
  const unchecked = { checked: false };

  test('a layout that is there and whole is left as it is', () => {
    const place = version('1', twoLayers());
    const { path, digest } = shareWeights(place);
    const { ino } = statSync(path);
    rmSync(place.model);
    bringLayout(place, digest, unchecked);
    assert.equal(statSync(path).ino, ino);
  });

  const DAMAGES: Readonly<Record<string, (layout: string) => void>> = {
    'without its model file': (layout) => {
      rmSync(join(layout, 'model.onnx'));
    },
    'with another model file': (layout) => {
      writeFileSync(join(layout, 'model.onnx'), 'other');
    },
    'without a file of weights': (layout) => {
      rmSync(join(layout, weightsIn(layout)));
    },
    'with a file of weights that is too short': (layout) => {
      damage(join(layout, weightsIn(layout)), (path) => {
        truncateSync(path, 1000);
      });
    },
    'with weights that are others': (layout) => {
      damage(join(layout, weightsIn(layout)), (path) => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(7, 0, 1));
      });
    },
  };
  for (const [how, harm] of Object.entries(DAMAGES)) {
    test(`a layout ${how} is made anew`, async () => {
      const place = version('1', twoLayers());
      const { path, digest } = shareWeights(place);
      harm(place.folder);
      bringLayout(place, digest, unchecked);
      assert.deepEqual(await answer(path, true), await answer(place.model, true));
    });
  }

  test('a layout that is not the one that was qualified is refused, and goes', () => {
    const place = version('1', twoLayers());
    const { digest } = shareWeights(version('2', twoLayers({ first: 7 })));
    removeLayout({ ...place, folder: join(root, 'layouts', '2') });
    assert.throws(() => {
      bringLayout(place, digest, unchecked);
    }, /its weights, laid out anew, are not those that were qualified/);
    assert.deepEqual([existsSync(place.folder), pooled()], [false, []]);
  });
});

suite('the pool of weights', () => {
  test('weights go with the last layout that has them', () => {
    const first = version('1', twoLayers());
    const tuned = version('2', twoLayers({ second: 9 }));
    shareWeights(first);
    shareWeights(tuned);
    removeLayout(first);
    assert.equal(pooled().length, 2);
    removeLayout(tuned);
    assert.deepEqual(pooled(), []);
  });

  test('only the layouts that are needed stay, and weights that nobody has used for a while go', () => {
    const [first, second] = [version('1', twoLayers()), version('2', twoLayers({ first: 7, second: 8 }))];
    shareWeights(first);
    shareWeights(second);
    keepLayouts({ dir: join(root, 'layouts'), pool: first.pool, digests: new Set(['2']) });
    assert.deepEqual([existsSync(first.folder), existsSync(second.folder), pooled().length], [false, true, 2]);
  });

  test('what was just qualified waits for who loads it; what a killed process left does not for ever', () => {
    const place = version('1', twoLayers());
    shareWeights(place);
    rmSync(place.folder, { recursive: true });
    const [young, old] = ['.young', '.old'].map((name) => join(place.pool, name));
    for (const folder of [young, old]) mkdirSync(folder ?? '');
    utimesSync(old ?? '', 0, 0);
    tidyPool(place.pool);
    assert.deepEqual([pooled().filter((name) => WEIGHTS.test(name)).length, pooled().includes('.young')], [2, true]);
    assert(!pooled().includes('.old'));
  });
});

function weightsIn(layout: string): string {
  return readdirSync(layout).find((name) => WEIGHTS.test(name)) ?? '';
}

/** Against the permissions, and for everybody who has a link to it. */
function damage(path: string, work: (path: string) => void): void {
  chmodSync(path, 0o644);
  work(path);
}
