/** Sequential sample ratio mismatch. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { logRatioEvidence, sequentialRatioTest } from '../../../src/stats/sequential-ratio.ts';
import { anytimeVectors } from './anytime-vectors-codec.ts';
import { assertClose } from './vectors-codec.ts';

suite('sequential sample ratio mismatch', () => {
  test('is the ratio of a Dirichlet-multinomial to the multinomial probability', () => {
    for (const [counts, weights, concentration, log] of anytimeVectors.ratios) {
      const found = logRatioEvidence({ counts, weights, concentration });
      assertClose(found, log, `${counts.join()} at ${concentration}`, 1e-8);
    }
  });

  test('is the evidence that the reference table gives', () => {
    const at = (counts: number[], weights: number[], concentration: number): number =>
      logRatioEvidence({ counts, weights, concentration });
    assertClose(at([1000, 1200], [1, 1], 100), 7.140301876, '[1000, 1200] at 100', 1e-9);
    assertClose(at([1000, 1200], [1, 1], 10_000), 1.540122158, '[1000, 1200] at 10,000', 1e-9);
    assertClose(at([12, 10], [95, 5], 1), 11.877, 'errors at 1', 1e-4);
    assertClose(at([12, 10], [95, 5], 10), 10.813, 'errors at 10', 1e-4);
    assertClose(at([12, 10], [95, 5], 100), 4.42684, 'errors at 100', 1e-5);
    assert.equal(at([12, 10], [95, 5], 10_000).toFixed(4), '0.0733');
  });

  test('follows the stream of the tests of ssrm unit by unit', () => {
    // With α = (1, 1, 1) the proposed shares are no concentration around the given ones: so the two factors are told
    // apart.
    const stream = [0, 1, 0, 1, 2];
    const shares = [0.4, 0.4, 0.2];
    const proposed = [-1.0986, -2.4849, -3.4012, -4.4998, -6.44572];
    const counts = [0, 0, 0];
    for (const [step, arm] of stream.entries()) {
      counts[arm] = (counts[arm] ?? 0) + 1;
      const even = logRatioEvidence({ counts, weights: [1, 1, 1], concentration: 3 }) + (step + 1) * Math.log(1 / 3);
      assert(Math.abs(even - (proposed[step] ?? 0)) < 1e-4, `${even} after ${step + 1}`);
      const given = counts.reduce((sum, count, index) => sum + count * Math.log(shares[index] ?? 0), 0);
      if (step === 0) assert.equal(given.toFixed(4), '-0.9163');
      if (step === 4) assert.equal(given.toFixed(4), '-5.2746');
    }
  });

  test('mixes a coarse and a fine alternative', () => {
    const { logEvidence, pValue, leaked } = sequentialRatioTest({ counts: [1000, 1200], weights: [5000, 5000] });
    assertClose(logEvidence, Math.log((Math.exp(7.140301876) + Math.exp(1.540122158)) / 2), 'ln E', 1e-8);
    assertClose(pValue, Math.exp(-logEvidence), 'p', 1e-12);
    assert.equal(leaked, 0);
  });

  test('tells of units in an arm without a weight, which are no evidence of shares', () => {
    const found = sequentialRatioTest({ counts: [500, 500, 7], weights: [1, 1, 0] });
    const without = sequentialRatioTest({ counts: [500, 500], weights: [1, 1] });
    assert.deepEqual(found, { ...without, leaked: 7 });
  });

  test('knows nothing without units, or with fewer than two arms that have a weight', () => {
    const nothing = { logEvidence: 0, pValue: 1, leaked: 0 };
    assert.deepEqual(sequentialRatioTest({ counts: [0, 0], weights: [1, 3] }), nothing);
    assert.deepEqual(sequentialRatioTest({ counts: [], weights: [] }), nothing);
    assert.deepEqual(sequentialRatioTest({ counts: [5, 2], weights: [1, 0] }), { ...nothing, leaked: 2 });
  });

  test('refuses counts without weights, and numbers that are none', () => {
    assert.throws(() => sequentialRatioTest({ counts: [1, 2], weights: [1] }), /2 counts of 1/);
    assert.throws(() => sequentialRatioTest({ counts: [1, -2], weights: [1, 1] }), /from 0 on/);
    assert.throws(() => logRatioEvidence({ counts: [1, 2], weights: [1, 1], concentration: 0 }), /above 0/);
  });

  test('is a martingale: after the next unit it is on average what it is now', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(weights, fc.array(fc.nat(300), { minLength: 5, maxLength: 5 }), (given, seen) => {
        const whole = given.reduce((sum, weight) => sum + weight, 0);
        const counts = given.map((_, arm) => seen[arm] ?? 0);
        const now = sequentialRatioTest({ counts, weights: given }).logEvidence;
        const mean = given.reduce((sum, weight, arm) => {
          const next = counts.map((count, index) => (index === arm ? count + 1 : count));
          const then = sequentialRatioTest({ counts: next, weights: given }).logEvidence;
          return sum + (weight / whole) * Math.exp(then - now);
        }, 0);
        assertClose(mean, 1, 'the mean', 1e-8);
      }),
    );
  });
});
