/** Asymptotic confidence sequences of means. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { anytimeHalfWidth, anytimePValue } from '../../../src/stats/mean-sequence.ts';
import { anytimeVectors } from './anytime-vectors-codec.ts';
import { assertClose } from './vectors-codec.ts';

/** (mB - mA) / mA with its delta-method standard error, of two proportions. */
function liftOf(a: readonly [number, number], b: readonly [number, number]): { lift: number; standardError: number } {
  const [meanA, meanB] = [a[0] / a[1], b[0] / b[1]];
  const variance = ([successes, trials]: readonly [number, number]): number =>
    ((successes / trials) * (1 - successes / trials)) / trials;
  const relative = variance(b) / meanA ** 2 + (variance(a) * meanB ** 2) / meanA ** 4;
  return { lift: (meanB - meanA) / meanA, standardError: Math.sqrt(relative) };
}

suite('asymptotic confidence sequences', () => {
  test('are what the formula of the paper gives in mpmath', () => {
    for (const [difference, standardError, count, alpha, optimalCount, half, p] of anytimeVectors.means) {
      const estimate = { standardError, count, alpha, optimalCount };
      assertClose(anytimeHalfWidth(estimate), half, `half of ${difference}`, 1e-11);
      assertClose(anytimePValue({ ...estimate, difference }), p, `p of ${difference}`, 1e-10);
    }
  });

  test('are the sequential intervals and p-values of GrowthBook', () => {
    const sure = liftOf([1396, 3000], [2422, 3461]);
    assertClose(sure.lift, 0.5038633517, 'lift', 1e-9);
    assertClose(sure.standardError, 0.0338602148, 'standard error', 1e-9);
    const half = anytimeHalfWidth({ ...sure, count: 6461, alpha: 0.05, optimalCount: 5000 });
    assertClose(sure.lift - half, 0.4009784967, 'lower', 1e-9);
    assertClose(sure.lift + half, 0.6067482067, 'upper', 1e-9);

    const close = liftOf([1396, 3000], [1500, 3000]);
    const estimate = { standardError: close.standardError, count: 6000, alpha: 0.05, optimalCount: 5000 };
    assertClose(anytimePValue({ ...estimate, difference: close.lift }), 0.1557169611, 'p', 1e-9);
    assert.equal((close.lift - anytimeHalfWidth(estimate)).toFixed(5), '-0.01283');
    assert.equal((close.lift + anytimeHalfWidth(estimate)).toFixed(5), '0.16183');
  });

  test('know nothing before the first observation, nor from observations without a spread', () => {
    const nothing = { standardError: 1, count: 0, alpha: 0.05, optimalCount: 1000 };
    assert.equal(anytimeHalfWidth(nothing), Infinity);
    assert.equal(anytimePValue({ ...nothing, difference: 3 }), 1);
    const even = { standardError: 0, count: 10, alpha: 0.05, optimalCount: 1000 };
    assert.equal(anytimeHalfWidth(even), 0);
    assert.equal(anytimePValue({ ...even, difference: 3 }), 1);
  });

  test('the p-value is below alpha where the interval leaves out 0, and only there', () => {
    const positive = fc.double({ min: 0.001, max: 100, noNaN: true });
    const alphas = fc.double({ min: 1e-4, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 1, max: 1e6 }), alphas, (difference, se, count, alpha) => {
        const estimate = { standardError: se, count, alpha, optimalCount: 1000 };
        const half = anytimeHalfWidth(estimate);
        fc.pre(Math.abs(half / difference - 1) > 1e-9);
        assert.equal(anytimePValue({ ...estimate, difference }) < alpha, half < difference);
      }),
    );
  });
});
