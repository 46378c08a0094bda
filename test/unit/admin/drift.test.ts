/** Drift reports: the bins, the tests, the verdicts, and how an operator asks for them. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { binFeature, bucketShares } from '../../../src/admin/drift-bins.ts';
import { testFeatures } from '../../../src/admin/drift-tests.ts';
import type { DriftTest } from '../../../src/admin/drift-tests.ts';
import { judgeDrift } from '../../../src/admin/drift-verdict.ts';
import type { FeatureDrift } from '../../../src/admin/drift-verdict.ts';
import { getDrift } from '../../../src/admin/get-drift.ts';
import type { DriftQuery } from '../../../src/admin/get-drift.ts';
import type { FeatureSketch, LabelSketch, NumberSketch } from '../../../src/domain/sketch.ts';
import { bucketKey } from '../../../src/monitor/sketch.ts';
import { formatDrift } from '../../../src/transport/codec/admin/drift-codec.ts';
import { DAWN, openScene } from '../../support/admin-scene.ts';
import { report } from '../../support/builders.ts';
import { FakeEvidence } from '../../support/fake-evidence.ts';
import { policy, send } from '../../support/traffic.ts';

/** Counts by value; as many units as values unless told otherwise. */
function numbers(counts: Readonly<Record<string, number>>, units?: number, nan = 0): NumberSketch {
  const buckets = Object.entries(counts)
    .map(([value, count]) => [bucketKey(Number(value)), count] as const)
    .sort(([a], [b]) => a - b);
  const values = buckets.reduce((sum, [, count]) => sum + count, nan);
  return { kind: 'numeric', units: units ?? values, buckets: buckets.flat(), nan };
}

function labels(counts: Readonly<Record<string, number>>, other = 0, units?: number): LabelSketch {
  const values = Object.values(counts).reduce((sum, count) => sum + count, other);
  return { kind: 'label', units: units ?? values, labels: counts, other };
}

suite('bins', () => {
  test('are about equal parts of the reference, the outer ones open', () => {
    const reference = numbers({ 1: 30, 2: 30, 4: 30, 8: 30 });
    const current = numbers({ 0.5: 5, 3: 7, 8: 20, 100: 40 });
    assert.deepEqual(binFeature({ reference, current }), {
      reference: [30, 30, 30, 30],
      current: [5, 0, 7, 60],
    });
  });

  test('a value that is most of the reference is one bin, and does not cut the others small', () => {
    const reference = numbers({ 0: 900, 1: 25, 2: 25, 3: 25, 4: 25 });
    const bins = binFeature({ reference, current: reference });
    assert.deepEqual(bins?.reference, [900, 100]);
  });

  test('a reference of one value has a bin below it and one above', () => {
    const bins = binFeature({ reference: numbers({ 0: 100 }), current: numbers({ '-1': 10, 0: 20, 1: 70 }) });
    assert.deepEqual(bins, { reference: [0, 100, 0], current: [10, 20, 70] });
  });

  test('NaN has a bin of its own where it came', () => {
    const bins = binFeature({ reference: numbers({ 0: 100 }), current: numbers({ 0: 60 }, undefined, 40) });
    assert.deepEqual(bins, { reference: [0, 100, 0, 0], current: [0, 60, 0, 40] });
  });

  test('counts are those of the units: values of one call are one observation', () => {
    const bins = binFeature({ reference: numbers({ 1: 64, 2: 64 }, 100), current: numbers({ 1: 10, 2: 30 }, 20) });
    assert.deepEqual(bins, { reference: [50, 50], current: [5, 15] });
  });

  test('labels are bins by how often they were, rare ones and those not counted on both sides together', () => {
    const reference = labels({ cat: 50, dog: 40, cow: 9, emu: 1 });
    assert.deepEqual(binFeature({ reference, current: labels({ cat: 10, dog: 30, owl: 60 }) }), {
      reference: [50, 40, 9, 1],
      current: [10, 30, 0, 60],
    });
    assert.deepEqual(binFeature({ reference, current: labels({ cat: 60 }, 40) }), {
      reference: [50, 50],
      current: [60, 40],
    });
  });

  test('numbers and labels have none in common', () => {
    assert.equal(binFeature({ reference: labels({ a: 1 }), current: numbers({ 1: 1 }) }), undefined);
  });

  test('shares are of the buckets that either side has', () => {
    const sides = { reference: numbers({ 1: 50, 2: 50 }), current: numbers({ '-1': 10, 2: 20, 4: 70 }) };
    assert.deepEqual(bucketShares(sides), { reference: [0, 0.5, 0.5, 0], current: [0.1, 0, 0.2, 0.7] });
  });
});

suite('testFeatures', () => {
  const base = { 1: 100, 2: 100, 4: 100, 8: 100 };

  test('equal features are ok, a shifted one drifts, and the p-values are those of all together', () => {
    const reference = { 'input a': numbers(base), 'input b': numbers(base), 'input c': labels({ x: 400 }) };
    const shifted = numbers({ 1: 20, 2: 60, 4: 120, 8: 200 });
    const current = { 'input a': numbers(base), 'input b': shifted, 'input d': numbers(base) };
    const tests = testFeatures({ reference, current });
    assert.deepEqual([...tests.keys()], ['input a', 'input b']);
    const a = tests.get('input a');
    const b = tests.get('input b');
    assert.deepEqual([a?.verdict, a?.psi, a?.ks, a?.jensenShannon, a?.pValue], ['ok', 0, 0, 0, 1]);
    const alone = testFeatures({ reference, current: { 'input b': shifted } }).get('input b');
    assert.ok(b !== undefined && alone !== undefined);
    assert.deepEqual([b.verdict, b.samples, b.otherSamples, b.ks.toFixed(9)], ['drift', 400, 400, '0.300000000']);
    assert.ok(b.psi > 0.5 && b.psi < 0.6 && b.psiExpected > 0 && b.jensenShannon > 0.1, JSON.stringify(b));
    assert.equal(b.pValue, Math.min(1, 2 * alone.pValue));
  });

  test('a trifle that many samples make significant is no drift', () => {
    const many = (counts: Readonly<Record<string, number>>): FeatureSketch => numbers(counts);
    const reference = { f: many({ 1: 500_000, 2: 500_000 }) };
    const { verdict, pValue, psi } =
      testFeatures({ reference, current: { f: many({ 1: 505_000, 2: 495_000 }) } }).get('f') ?? NONE;
    assert.deepEqual([verdict, pValue < 1e-6, psi < 0.01], ['ok', true, true]);
  });

  test('below fifty units on a side nothing is said, and what is too small takes nothing from the others', () => {
    const reference = { f: numbers({ 1: 1000 }), g: numbers(base) };
    const current = { f: numbers({ 2: 49 }), g: numbers({ 1: 20, 2: 60, 4: 120, 8: 200 }) };
    const tests = testFeatures({ reference, current });
    assert.equal(tests.get('f')?.verdict, 'insufficient');
    assert.equal(tests.get('g')?.pValue, testFeatures({ reference, current: { g: current.g } }).get('g')?.pValue);
  });

  const NONE: DriftTest = {
    verdict: 'insufficient',
    samples: 0,
    otherSamples: 0,
    psi: 0,
    psiExpected: 0,
    jensenShannon: 0,
    ks: 0,
    pValue: 1,
  };
});

suite('judgeDrift', () => {
  type Verdict = DriftTest['verdict'];

  function feature(name: string, reference?: Verdict, concurrent?: Verdict, differedBefore = false): FeatureDrift {
    const numbersOf = { samples: 100, otherSamples: 100, psi: 0, psiExpected: 0, jensenShannon: 0, ks: 0, pValue: 1 };
    const testOf = (verdict: Verdict | undefined): DriftTest | undefined =>
      verdict === undefined ? undefined : { ...numbersOf, verdict };
    return {
      feature: name,
      kind: 'numeric',
      reference: testOf(reference),
      concurrent: testOf(concurrent),
      differedBefore,
    };
  }

  function judge(features: readonly FeatureDrift[], against = '2'): string {
    const { verdict, summary } = judgeDrift(features, { version: '1', against });
    return `${verdict}: ${summary}`;
  }

  test('says what moved, and in which of the two ways', () => {
    const [fine, outputFine] = [feature('input x', 'ok', 'ok'), feature('output y', 'ok', 'ok')];
    const moved = feature('input x', 'drift', 'ok');
    const differs = feature('output y', 'ok', 'drift');
    const asReference = 'the inputs are as in the reference';
    const modelDiffers = 'output y of version 1 differs from version 2 on the same kind of calls';
    assert.equal(judge([fine, outputFine]), `none: ${asReference}.`);
    assert.equal(judge([moved, outputFine]), 'world: input x moved away from the reference.');
    assert.equal(judge([fine, differs]), `model: ${asReference}; ${modelDiffers}.`);
    assert.equal(judge([moved, differs]), `both: input x moved away from the reference; ${modelDiffers}.`);
  });

  test('what differed at qualification already is no drift', () => {
    const known = feature('output y', 'ok', 'drift', true);
    assert.equal(judge([feature('input x', 'ok', 'ok'), known]), 'none: the inputs are as in the reference.');
  });

  test('versions that get other calls are not compared', () => {
    assert.equal(
      judge([feature('input x', 'ok', 'drift'), feature('output y', 'ok', 'drift')]),
      'none: the inputs are as in the reference; version 2 gets other calls (input x), so the outputs of the two are not compared.',
    );
  });

  test('outputs alone that are not as in the reference are told, and are no alarm', () => {
    assert.equal(
      judge([feature('input x', 'ok'), feature('output y', 'drift')], ''),
      'none: the inputs are as in the reference; output y is not as in the reference although no input is: look at inputs together, and at the reference.',
    );
  });

  test('without a reference only the versions are held against each other', () => {
    assert.equal(
      judge([feature('input x', undefined, 'ok'), feature('output y', undefined, 'ok')]),
      'none: whether the inputs moved is not known without a reference of enough rows.',
    );
  });

  test('it is insufficient for one of three reasons', () => {
    assert.equal(judge([]), 'insufficient: no calls of version 1 were sampled in this time.');
    assert.equal(
      judge([feature('input x')], ''),
      'insufficient: version 1 has neither a reference nor a version beside it to compare with; put a reference.json beside its model.',
    );
    assert.equal(
      judge([feature('input x', 'insufficient')]),
      'insufficient: there are too few calls yet to say anything.',
    );
  });

  test('of many features the first five are named', () => {
    const moved = Array.from({ length: 7 }, (_, at) => feature(`input x[${String(at)}]`, 'drift'));
    assert.match(judge(moved), /input x\[0\], .*input x\[4\] and 2 more moved away/);
  });
});

suite('getDrift', () => {
  const SLOT = DAWN / 600_000;
  const spread = { 1: 100, 2: 100, 4: 100, 8: 100 };
  const shifted = { 1: 20, 2: 60, 4: 120, 8: 200 };
  const reference = { 'input x[0]': numbers(spread), 'output y[0]': numbers(spread) };

  function query(over: Partial<DriftQuery> = {}): DriftQuery {
    return { model: 'iris', version: '', against: '', windowMs: undefined, ...over };
  }

  async function openBench() {
    const scene = await openScene();
    const reported = report({ reference: { format: 1, rows: 400, features: reference } });
    for (const version of ['1', '2']) await scene.register(version, { report: reported });
    const evidence = new FakeEvidence();
    const slot = (
      version: string,
      at: number,
      features: Readonly<Record<string, FeatureSketch>>,
      instance = 'a',
    ): void => {
      evidence.put('sketch', `${version}@${String(at % 150)}`, { slot: at, calls: 200, features }, instance);
    };
    return {
      scene,
      slot,
      context: { ...scene.context, evidence },
      [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
    };
  }

  /** Half of the counts, so that two slots or processes make the whole. */
  function half(counts: Readonly<Record<string, number>>): NumberSketch {
    return numbers(Object.fromEntries(Object.entries(counts).map(([value, count]) => [value, count / 2])));
  }

  test('adds up the slots of the window over all processes, and holds them against the reference', async () => {
    await using bench = await openBench();
    bench.slot('1', SLOT - 1, { 'input x[0]': half(spread) });
    bench.slot('1', SLOT, { 'input x[0]': half(spread) }, 'b');
    bench.slot('1', SLOT - 7, { 'input x[0]': numbers({ 64: 1000 }) });
    const view = await getDrift(bench.context, query());
    const { features, summary, ...rest } = view;
    assert.deepEqual(rest, {
      model: 'iris',
      version: '1',
      against: '',
      verdict: 'none',
      from: DAWN - 3_600_000,
      to: DAWN,
      samples: 400,
      referenceSamples: 400,
    });
    assert.equal(summary, 'the inputs are as in the reference.');
    assert.deepEqual(
      features.map(({ feature, kind, reference: test, concurrent }) => [
        feature,
        kind,
        test?.verdict,
        test?.samples,
        concurrent,
      ]),
      [['input x[0]', 'numeric', 'ok', 400, undefined]],
    );
    const wider = await getDrift(bench.context, query({ windowMs: 4_200_000 }));
    assert.deepEqual([wider.samples, wider.verdict], [600, 'world']);
  });

  test('inputs that moved on both versions are the world, outputs that moved on one are the model', async () => {
    for (const [inputs, ofOne, ofOther, verdict] of [
      [spread, spread, spread, 'none'],
      [shifted, spread, spread, 'world'],
      [spread, shifted, spread, 'model'],
      [shifted, shifted, spread, 'both'],
    ] as const) {
      await using bench = await openBench();
      await send(bench.scene, policy({ '1': 9000, '2': 1000 }));
      bench.slot('1', SLOT, { 'input x[0]': numbers(inputs), 'output y[0]': numbers(ofOne) });
      bench.slot('2', SLOT, { 'input x[0]': numbers(inputs), 'output y[0]': numbers(ofOther) });
      const view = await getDrift(bench.context, query());
      assert.deepEqual([view.version, view.against, view.verdict], ['1', '2', verdict]);
    }
  });

  test('the version with the most traffic is meant, against the next one or the shadow', async () => {
    await using bench = await openBench();
    bench.slot('2', SLOT, { 'input x[0]': numbers(spread) });
    const chosen = async (over: Partial<DriftQuery> = {}): Promise<readonly string[]> => {
      const { version, against } = await getDrift(bench.context, query(over));
      return [version, against];
    };
    await send(bench.scene, policy({ '1': 10_000 }, { shadows: [{ version: '2', share: 100 }] }));
    assert.deepEqual(await chosen(), ['1', '2']);
    await send(bench.scene, policy({ '1': 1000, '2': 9000 }));
    assert.deepEqual(await chosen(), ['2', '']);
    assert.deepEqual(await chosen({ version: '1' }), ['1', '2']);
    assert.deepEqual(await chosen({ version: '1', against: '1' }), ['1', '1']);
  });

  test('no such model, version or window is refused', async () => {
    await using bench = await openBench();
    await assert.rejects(getDrift(bench.context, query({ model: 'none' })), { code: 'not_found' });
    await assert.rejects(getDrift(bench.context, query({ version: '9' })), { code: 'not_found' });
    await assert.rejects(getDrift(bench.context, query({ against: '9' })), { code: 'not_found' });
    for (const windowMs of [599_999, 86_400_001]) {
      await assert.rejects(getDrift(bench.context, query({ windowMs })), {
        code: 'invalid_argument',
        message: `a window of ${windowMs / 1000} s is not possible; choose 10 minutes to 24 h`,
      });
    }
  });

  test('shows what there is on the wire', async () => {
    await using bench = await openBench();
    bench.slot('1', SLOT, { 'input x[0]': numbers(spread) });
    const view = await getDrift(bench.context, query());
    const wire = formatDrift(view);
    assert.deepEqual([wire.verdict, wire.samples, wire.from], ['none', 200, { seconds: DAWN / 1000 - 3600, nanos: 0 }]);
    const test = view.features[0]?.reference;
    assert.deepEqual(wire.features, [{ feature: 'input x[0]', kind: 'numeric', reference: test, concurrent: null }]);
  });
});
