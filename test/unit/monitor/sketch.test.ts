/** Sketches of values: what they count, that they add up, that they come back from JSON. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { FeatureSketch, SketchTotals } from '../../../src/domain/sketch.ts';
import type { Signature } from '../../../src/domain/signature.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { sketchedTensors } from '../../../src/monitor/sketch-features.ts';
import { SketchRecorder } from '../../../src/monitor/sketch-recorder.ts';
import { slotFromJson } from '../../../src/monitor/sketch-codec.ts';
import { bucketKey, isBucketKey, mergeSketches } from '../../../src/monitor/sketch.ts';
import { signature, tensor, tensorSpec } from '../../support/builders.ts';

const TABLE = signature({
  inputs: [tensorSpec('x', 'FP32', ['n', 2]), tensorSpec('word', 'BYTES', ['n'])],
  outputs: [tensorSpec('label', 'INT64', ['n'])],
});

function observe(recorder: SketchRecorder, inputs: readonly Tensor[], outputs: readonly Tensor[] = []): void {
  recorder.record({ inputs, outputs, units: 1, strings: true });
}

function sketchOf(shape: Signature, inputs: readonly Tensor[], outputs: readonly Tensor[] = []): SketchTotals {
  const recorder = new SketchRecorder(shape);
  observe(recorder, inputs, outputs);
  return recorder.totals();
}

/** Of numbers in one column. */
function column(values: readonly number[]): SketchTotals {
  const shape = signature({ inputs: [tensorSpec('x', 'FP64', ['n', 1])] });
  const recorder = new SketchRecorder(shape);
  for (const value of values) observe(recorder, [tensor('x', 'FP64', [1, 1], [value])]);
  return recorder.totals();
}

function labels(values: readonly string[]): SketchTotals {
  const recorder = new SketchRecorder(TABLE);
  for (const value of values) observe(recorder, [tensor('word', 'BYTES', [1], [value])]);
  return recorder.totals();
}

suite('bucketKey', () => {
  test('zero and what is near it, powers of two, the ends, infinities', () => {
    const values = [0, -0, 2 ** -16, -(2 ** -16), 2 ** -15, 1, -1, 2, 2 ** 32, 1e300, Infinity, -Infinity];
    assert.deepEqual(values.map(bucketKey), [0, 0, 0, 0, 8, 128, -128, 136, 384, 384, 384, -384]);
  });

  test('a larger value never has a smaller key, and every key can be read back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        assert.ok(isBucketKey(bucketKey(a)));
        if (a <= b) assert.ok(bucketKey(a) <= bucketKey(b));
      }),
    );
  });
});

suite('features', () => {
  test('columns of small tables are looked at one by one, other tensors as a whole', () => {
    const shape = signature({
      inputs: [
        tensorSpec('x', 'FP32', ['n', 2]),
        tensorSpec('wide', 'FP32', ['n', 65]),
        tensorSpec('free', 'FP32', ['n', 'm']),
      ],
      outputs: [tensorSpec('image', 'UINT8', [1, 3, 8, 8]), tensorSpec('label', 'INT64', ['n'])],
    });
    assert.deepEqual(
      sketchedTensors(shape).flatMap(({ kind, features }) => features.map((feature) => `${kind} ${feature}`)),
      [
        'numeric input x[0]',
        'numeric input x[1]',
        'numeric input wide',
        'numeric input free',
        'label output image',
        'label output label',
      ],
    );
  });

  test('a version has 128 of them at most; a tensor that does not fit is left out', () => {
    const inputs = ['a', 'b', 'c'].map((name) => tensorSpec(name, 'FP32', ['n', 60]));
    const chosen = sketchedTensors(signature({ inputs, outputs: [tensorSpec('y', 'FP32', ['n', 8])] }));
    assert.deepEqual(
      chosen.map(({ spec }) => spec.name),
      ['a', 'b', 'y'],
    );
  });
});

suite('SketchRecorder', () => {
  test('a call counts once in each feature, its values each', () => {
    const x = tensor('x', 'FP32', [2, 2], [1, -2, 1, NaN]);
    const sketch = sketchOf(
      TABLE,
      [x, tensor('word', 'BYTES', [2], ['a', 'b'])],
      [tensor('label', 'INT64', [2], [7, 7])],
    );
    assert.deepEqual(sketch, {
      'input x[0]': { kind: 'numeric', units: 1, buckets: [128, 2], nan: 0 },
      'input x[1]': { kind: 'numeric', units: 1, buckets: [-136, 1], nan: 1 },
      'input word': { kind: 'label', units: 1, labels: { a: 1, b: 1 }, other: 0 },
      'output label': { kind: 'label', units: 1, labels: { '7': 2 }, other: 0 },
    });
  });

  test('an output that was not asked for is not counted', () => {
    assert.deepEqual(Object.keys(sketchOf(TABLE, [tensor('x', 'FP32', [1, 2], [1, 2])])), ['input x[0]', 'input x[1]']);
  });

  test('only the first 16 rows are looked at, and 4,096 values of a large tensor', () => {
    const rows = tensor(
      'x',
      'FP32',
      [40, 2],
      Array.from({ length: 80 }, (_, at) => (at < 32 ? 1 : 9)),
    );
    assert.deepEqual(sketchOf(TABLE, [rows])['input x[0]'], { kind: 'numeric', units: 1, buckets: [128, 16], nan: 0 });
    const shape = signature({ inputs: [tensorSpec('x', 'FP32', [1, 10_000])] });
    const wide = tensor(
      'x',
      'FP32',
      [1, 10_000],
      Array.from({ length: 10_000 }, () => 1),
    );
    const found = { kind: 'numeric', units: 1, buckets: [128, Math.ceil(10_000 / 3)], nan: 0 };
    assert.deepEqual(sketchOf(shape, [wide])['input x'], found);
  });

  test('the first hundred labels are told apart, cut to 64 characters; truth values are labels', () => {
    const words = Array.from({ length: 103 }, (_, at) => `${String(at)} ${'x'.repeat(80)}`);
    const sketch = labels([...words, words[0] ?? '']);
    const [feature] = Object.values(sketch);
    assert.ok(feature?.kind === 'label');
    const counted = [
      Object.keys(feature.labels).length,
      feature.labels[`0 ${'x'.repeat(62)}`],
      feature.other,
      feature.units,
    ];
    assert.deepEqual(counted, [100, 2, 3, 104]);
    const truth = signature({ outputs: [tensorSpec('y', 'BOOL', ['n'])] });
    const found = { kind: 'label', units: 1, labels: { true: 2, false: 1 }, other: 0 };
    assert.deepEqual(sketchOf(truth, [], [tensor('y', 'BOOL', [3], [1, 0, 1])])['output y'], found);
  });

  test('strings of a private model are not counted', () => {
    const recorder = new SketchRecorder(TABLE);
    recorder.record({ inputs: [tensor('word', 'BYTES', [1], ['secret'])], outputs: [], units: 1, strings: false });
    assert.deepEqual(recorder.totals(), {});
  });

  test('the sketches of a version stay below 256 kB, whatever comes', () => {
    const inputs = ['a', 'b'].map((name) => tensorSpec(name, 'FP32', ['n', 64]));
    const recorder = new SketchRecorder(signature({ inputs }));
    for (let exponent = -17; exponent < 33; exponent += 1 / 8) {
      const values = Array.from({ length: 128 }, (_, at) => (at % 2 === 0 ? 1 : -1) * 2 ** exponent);
      for (let turn = 0; turn < 2; turn += 1) {
        const row = turn === 0 ? values : values.map((value) => -value);
        observe(
          recorder,
          inputs.map(({ name }) => tensor(name, 'FP32', [2, 64], row)),
        );
      }
    }
    const text = JSON.stringify(recorder.totals());
    assert.ok(text.length > 100_000 && text.length < 262_144, String(text.length));
  });
});

suite('mergeSketches', () => {
  const numbers = fc.array(fc.oneof(fc.double(), fc.integer({ min: -5, max: 5 })), { minLength: 1, maxLength: 20 });
  const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 20 });

  test('the merge of two sketches is the sketch of all values', () => {
    fc.assert(
      fc.property(numbers, numbers, words, words, (a, b, v, w) => {
        assert.deepEqual(mergeSketches([column(a), column(b)]), column([...a, ...b]));
        assert.deepEqual(mergeSketches([labels(v), labels(w)]), sortedLabels(labels([...v, ...w])));
      }),
    );
  });

  test('it does not depend on the order', () => {
    fc.assert(
      fc.property(words, words, words, (a, b, c) => {
        const all = [a, b, c].map(labels);
        assert.deepEqual(mergeSketches(all), mergeSketches(all.toReversed()));
      }),
    );
  });

  test('a label whose count is not known on one side becomes one of the others', () => {
    const full: FeatureSketch = { kind: 'label', units: 9, labels: { a: 4, b: 2 }, other: 3 };
    const small: FeatureSketch = { kind: 'label', units: 3, labels: { a: 1, c: 2 }, other: 0 };
    assert.deepEqual(mergeSketches([{ f: full }, { f: small }]), {
      f: { kind: 'label', units: 12, labels: { a: 5, b: 2 }, other: 5 },
    });
  });

  test('no more than a hundred labels are kept, those with the highest counts', () => {
    const many = (from: number, count: number): FeatureSketch => ({
      kind: 'label',
      units: 1,
      labels: Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`l${String(from + at)}`, count])),
      other: 0,
    });
    const { f } = mergeSketches([{ f: many(0, 1) }, { f: many(60, 2) }]);
    assert.ok(f?.kind === 'label');
    assert.deepEqual([Object.keys(f.labels).length, f.labels.l60, f.labels.l0, f.other], [100, 2, 1, 20]);
  });
});

suite('slotFromJson', () => {
  test('it reads back what was written', () => {
    const body = { slot: 7, calls: 2, features: { ...column([1, -2, NaN]), ...labels(['a', 'b']) } };
    assert.deepEqual(slotFromJson(JSON.parse(JSON.stringify(body)) as typeof body), body);
  });

  test('what is no sketch is refused', () => {
    const numeric = { kind: 'numeric', units: 1, buckets: [1, 1], nan: 0 };
    const features = [
      { kind: 'numeric', units: 1, buckets: [1], nan: 0 },
      { ...numeric, buckets: [999, 1] },
      { ...numeric, buckets: [1, -1] },
      { ...numeric, units: 0.5 },
      { ...numeric, nan: null },
      { ...numeric, kind: 'other' },
      { kind: 'label', units: 1, labels: { a: 'x' }, other: 0 },
      { kind: 'label', units: 1, labels: [], other: 0 },
      7,
    ];
    for (const feature of features) {
      assert.throws(() => slotFromJson({ slot: 1, calls: 1, features: { f: feature } }), { code: 'data_loss' });
    }
    for (const body of [{}, { slot: 1, calls: 1 }, { slot: -1, calls: 1, features: {} }]) {
      assert.throws(() => slotFromJson(body), { code: 'data_loss' });
    }
  });
});

/** As a merge orders them. */
function sortedLabels(totals: SketchTotals): SketchTotals {
  return mergeSketches([totals, { 'input word': { kind: 'label', units: 0, labels: {}, other: 0 } }]);
}
