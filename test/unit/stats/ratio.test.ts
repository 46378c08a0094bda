/** Ratio metrics by the delta method, against numpy's covariances. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import type { RatioSums } from '../../../src/stats/ratio.ts';
import { ratioMoments } from '../../../src/stats/ratio.ts';
import { assertFields, vectors } from './vectors-codec.ts';

type Unit = readonly [y: number, d: number];

function sumsOf(units: readonly Unit[]): RatioSums {
  const sum = (term: (unit: Unit) => number): number => units.reduce((total, unit) => total + term(unit), 0);
  return {
    units: units.length,
    y: sum(([y]) => y),
    d: sum(([, d]) => d),
    yy: sum(([y]) => y * y),
    dd: sum(([, d]) => d * d),
    yd: sum(([y, d]) => y * d),
  };
}

suite('The moments of a ratio', () => {
  test('agree with numpy', () => {
    for (const [sums, expected] of vectors.ratio) assertFields(ratioMoments(sums), { ...expected }, 1e-9);
  });

  test('are those of a mean where every denominator is 1', () => {
    const values = [3, 1, 4, 1, 5];
    const found = ratioMoments(sumsOf(values.map((y) => [y, 1])));
    assertFields(found, { count: 5, mean: 2.8, variance: 3.2 });
  });

  test('have no variance where all units have the same ratio, whatever their sizes', () => {
    assertFields(ratioMoments(sumsOf([1, 7, 30, 2.5].map((d) => [0.3 * d, d]))), { mean: 0.3, variance: 0 });
  });

  test('are undefined without units, and where the denominators sum to 0; of one unit the variance is 0', () => {
    assert.deepEqual(ratioMoments(sumsOf([])), { kind: 'undefined', reason: 'no units' });
    assert.deepEqual(ratioMoments(sumsOf([[2, 0]])), { kind: 'undefined', reason: 'the denominators sum to 0' });
    assert.deepEqual(ratioMoments(sumsOf([[6, 3]])), { kind: 'moments', count: 1, mean: 2, variance: 0 });
  });

  test('scale with the numerator, and do not depend on the unit of both', () => {
    const units = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 })), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(units, (drawn) => {
        const found = ratioMoments(sumsOf(drawn));
        const doubled = ratioMoments(sumsOf(drawn.map(([y, d]) => [2 * y, d])));
        const inHalves = ratioMoments(sumsOf(drawn.map(([y, d]) => [2 * y, 2 * d])));
        assert(found.kind === 'moments');
        assert.deepEqual(doubled, { ...found, mean: 2 * found.mean, variance: 4 * found.variance });
        assert.deepEqual(inHalves, found);
      }),
    );
  });
});
