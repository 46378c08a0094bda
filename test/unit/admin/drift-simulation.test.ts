/** Simulated calls of two versions, seeded: drift reports do not alarm without drift, and name it where it is. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { testFeatures } from '../../../src/admin/drift-tests.ts';
import { judgeDrift } from '../../../src/admin/drift-verdict.ts';
import type { DriftVerdict } from '../../../src/admin/drift-verdict.ts';
import type { SketchTotals } from '../../../src/domain/sketch.ts';
import { SketchRecorder } from '../../../src/monitor/sketch-recorder.ts';
import { signature, tensor, tensorSpec } from '../../support/builders.ts';
import { Prng } from '../../support/prng.ts';

const COLUMNS = 4;
/** Of independent calls, recorded together as those of a reference are. */
const ROWS = 16;
const SHAPE = signature({
  inputs: [tensorSpec('x', 'FP32', ['n', COLUMNS])],
  outputs: [tensorSpec('y', 'FP32', ['n', 1]), tensorSpec('label', 'INT64', ['n'])],
});

interface World {
  readonly prng: Prng;
  readonly calls: number;
  /** In standard deviations. */
  readonly inputShift?: number;
  readonly outputShift?: number;
}

/** A normal, a skewed, a rare-label and a constant column; the answer is their sum, its label the sign. */
function sketch({ prng, calls, inputShift = 0, outputShift = 0 }: World): SketchTotals {
  const recorder = new SketchRecorder(SHAPE);
  for (let left = calls; left > 0; left -= ROWS) {
    const rows = Array.from({ length: Math.min(left, ROWS) }, () => {
      const x = [prng.normal() + inputShift, Math.exp(prng.normal()), prng.next() < 0.05 ? 1 : 0, 3];
      return { x, y: (x[0] ?? 0) + 0.1 * prng.normal() + outputShift };
    });
    const units = rows.length;
    const inputs = [
      tensor(
        'x',
        'FP32',
        [units, COLUMNS],
        rows.flatMap(({ x }) => x),
      ),
    ];
    const scores = tensor(
      'y',
      'FP32',
      [units, 1],
      rows.map(({ y }) => y),
    );
    const signs = tensor(
      'label',
      'INT64',
      [units],
      rows.map(({ y }) => (y > 0 ? 1 : 0)),
    );
    recorder.record({ inputs, outputs: [scores, signs], units, strings: true });
  }
  return recorder.totals();
}

function judge(sides: {
  readonly current: SketchTotals;
  readonly reference: SketchTotals;
  readonly concurrent: SketchTotals;
}): DriftVerdict['verdict'] {
  const { current, reference, concurrent } = sides;
  const [ofReference, ofConcurrent] = [reference, concurrent].map((other) =>
    testFeatures({ reference: other, current }),
  );
  const features = Object.entries(current).map(([feature, { kind }]) => ({
    feature,
    kind,
    reference: ofReference?.get(feature),
    concurrent: ofConcurrent?.get(feature),
    differedBefore: false,
  }));
  return judgeDrift(features, { version: '1', against: '2' }).verdict;
}

/** How often each verdict came. */
function simulate(runs: number, make: (prng: Prng) => Parameters<typeof judge>[0]): Record<string, number> {
  const counts: Record<string, number> = {};
  const prng = new Prng(7);
  for (let run = 0; run < runs; run += 1) {
    const verdict = judge(make(prng));
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
}

suite('drift reports of simulated calls', () => {
  test('without drift no more of 1,000 reports of small samples alarm than the level allows', () => {
    const sizes = [50, 80, 150, 400];
    let run = 0;
    const counts = simulate(1000, (prng) => {
      const calls = sizes[(run += 1) % sizes.length] ?? 50;
      const reference = sketch({ prng, calls: 150 });
      return { reference, current: sketch({ prng, calls }), concurrent: sketch({ prng, calls: 100 }) };
    });
    // Two families of tests at 0.001 each: 2 are expected at most, 4 are two standard deviations above.
    const { none = 0 } = counts;
    assert.ok(none >= 996, JSON.stringify(counts));
  });

  test('inputs that shift for both versions are the world', () => {
    const counts = simulate(50, (prng) => ({
      reference: sketch({ prng, calls: 300 }),
      current: sketch({ prng, calls: 300, inputShift: 1 }),
      concurrent: sketch({ prng, calls: 300, inputShift: 1 }),
    }));
    assert.deepEqual(counts, { world: 50 });
  });

  test('outputs that shift for one version are the model', () => {
    const counts = simulate(50, (prng) => ({
      reference: sketch({ prng, calls: 300 }),
      current: sketch({ prng, calls: 300, outputShift: 1 }),
      concurrent: sketch({ prng, calls: 300 }),
    }));
    assert.deepEqual(counts, { model: 50 });
  });

  test('both at once are both', () => {
    const counts = simulate(50, (prng) => ({
      reference: sketch({ prng, calls: 300 }),
      current: sketch({ prng, calls: 300, inputShift: 1, outputShift: 2 }),
      concurrent: sketch({ prng, calls: 300, inputShift: 1 }),
    }));
    assert.deepEqual(counts, { both: 50 });
  });
});
