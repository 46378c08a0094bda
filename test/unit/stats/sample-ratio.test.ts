/** Chi-squared tests of counts, against scipy and published values. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { homogeneityTest } from '../../../src/stats/chi-squared.ts';
import { sampleRatioTest } from '../../../src/stats/sample-ratio.ts';
import { assertClose, assertFields, vectors } from './vectors-codec.ts';

suite('Sample ratio mismatch', () => {
  test('agrees with scipy', () => {
    for (const [of, statistic, pValue, smallestExpected] of vectors.sampleRatio) {
      const expected = { kind: 'tested', statistic, degreesOfFreedom: of.counts.length - 1, pValue, smallestExpected };
      assertFields(sampleRatioTest(of), { ...expected, leaked: 0 });
    }
  });

  test('gives the published values', () => {
    const pValueOf = (counts: number[], weights: number[]): number => {
      const found = sampleRatioTest({ counts, weights });
      assert(found.kind === 'tested');
      return found.pValue;
    };
    assertClose(pValueOf([1000, 1200], [0.5, 0.5]), 2.00786561e-5, 'p', 1e-8);
    assertClose(pValueOf([135, 115], [0.5, 0.5]), 0.2059032107, 'p', 1e-8);
    assertClose(pValueOf([310, 98], [0.75, 0.25]), 0.6474341857, 'p', 1e-8);
    assertClose(pValueOf([500, 500, 600], [0.34, 0.33, 0.33]), 5.92637932e-4, 'p', 1e-8);
    assertClose(pValueOf([0, 10, 10], [0.34, 0.33, 0.33]), 0.005790624403, 'p', 1e-8);
  });

  test('leaves an arm of weight 0 out of the test, and tells what leaked to it', () => {
    const without = sampleRatioTest({ counts: [1000, 1200], weights: [1, 1] });
    const withLeak = sampleRatioTest({ counts: [1000, 1200, 900], weights: [0.5, 0.5, 0] });
    assert.deepEqual(withLeak, { ...without, leaked: 900 });
  });

  test('is undefined for one arm, and without units', () => {
    assert.deepEqual(sampleRatioTest({ counts: [7, 3], weights: [1, 0] }), {
      kind: 'undefined',
      reason: 'fewer than two arms have a weight',
      leaked: 3,
    });
    assert.deepEqual(sampleRatioTest({ counts: [0, 0], weights: [1, 1] }), {
      kind: 'undefined',
      reason: 'no units yet',
      leaked: 0,
    });
    assert.equal(sampleRatioTest({ counts: [], weights: [] }).kind, 'undefined');
  });

  test('does not depend on the unit of the weights, and stays within 0..1', () => {
    const arms = fc.array(fc.tuple(fc.nat(100_000), fc.integer({ min: 1, max: 10_000 })), {
      minLength: 2,
      maxLength: 9,
    });
    fc.assert(
      fc.property(arms, (drawn) => {
        const counts = drawn.map(([count]) => count);
        const weights = drawn.map(([, weight]) => weight);
        const found = sampleRatioTest({ counts, weights });
        const shares = sampleRatioTest({ counts, weights: weights.map((weight) => weight / 1024) });
        fc.pre(found.kind === 'tested');
        assert(found.pValue >= 0 && found.pValue <= 1);
        assert.deepEqual(shares, found);
      }),
    );
  });

  test('refuses counts that are none, and arms without a weight given', () => {
    assert.throws(() => sampleRatioTest({ counts: [1, -1], weights: [1, 1] }), { name: 'AssertionError' });
    assert.throws(() => sampleRatioTest({ counts: [1, NaN], weights: [1, 1] }), { name: 'AssertionError' });
    assert.throws(() => sampleRatioTest({ counts: [1, 1], weights: [1] }), { name: 'AssertionError' });
  });
});

suite('Homogeneity of two rows', () => {
  test('agrees with scipy, cells that both rows leave empty apart', () => {
    for (const [rows, statistic = NaN, degreesOfFreedom = NaN, pValue = NaN, least = NaN] of vectors.homogeneity) {
      const expected = { kind: 'tested', statistic, degreesOfFreedom, pValue, smallestExpected: least };
      assertFields(homogeneityTest(rows), expected);
    }
  });

  test('is undefined for an empty row, and for a single cell', () => {
    assert.deepEqual(homogeneityTest({ a: [1, 2], b: [0, 0] }), {
      kind: 'undefined',
      reason: 'one of the two has no counts',
    });
    assert.deepEqual(homogeneityTest({ a: [1, 0], b: [5, 0] }), {
      kind: 'undefined',
      reason: 'all counts are in one cell',
    });
  });

  test('finds nothing between rows that are multiples of each other', () => {
    const found = homogeneityTest({ a: [10, 20, 30], b: [100, 200, 300] });
    assertFields(found, { statistic: 0, pValue: 1 }, 1e-12);
  });
});
