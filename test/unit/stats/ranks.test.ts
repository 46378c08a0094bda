/** Mann-Whitney and Kolmogorov-Smirnov, against scipy and published values. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { ksTest } from '../../../src/stats/kolmogorov-smirnov.ts';
import { rankSumTest } from '../../../src/stats/rank-sum.ts';
import { assertClose, assertFields, vectors } from './vectors-codec.ts';

const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });

/** A bucket for each distinct value. */
function histograms({ a, b }: { a: readonly number[]; b: readonly number[] }): {
  reference: number[];
  current: number[];
} {
  const buckets = [...new Set([...a, ...b])].sort((left, right) => left - right);
  const count = (of: readonly number[]): number[] => buckets.map((at) => of.filter((value) => value === at).length);
  return { reference: count(a), current: count(b) };
}

const drugs = {
  a: [38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58],
  b: [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8],
};
const ages = { a: [19, 22, 16, 29, 24], b: [20, 11, 17, 12] };

suite('The rank sum test', () => {
  test('agrees with scipy', () => {
    for (const [samples, u, pValue, method] of vectors.rankSum) {
      const expected = { kind: 'tested', u, superiority: u / samples.a.length / samples.b.length, pValue, method };
      assertFields(rankSumTest(samples), expected);
    }
  });

  test('gives the published values, exact and with ties', () => {
    assertFields(rankSumTest(drugs), { u: 49, pValue: 0.08298368298, method: 'exact' }, 1e-8);
    assertFields(rankSumTest(ages), { u: 17, pValue: 14 / 126, method: 'exact' });
    const repeat = (times: readonly number[]): number[] =>
      times.flatMap((count, at) => new Array<number>(count).fill(at + 1));
    const ties = { a: repeat([16, 18, 16, 14, 12, 12]), b: repeat([16, 16, 16, 16, 16, 8]) };
    assertFields(rankSumTest(ties), { u: 3856, pValue: 0.96286607, method: 'normal' }, 1e-8);
  });

  test('is undefined for an empty sample, and where all values are equal', () => {
    assert.deepEqual(rankSumTest({ a: [], b: [1] }), { kind: 'undefined', reason: 'one of the samples is empty' });
    assert.deepEqual(rankSumTest({ a: [2, 2], b: [2] }), { kind: 'undefined', reason: 'all values are equal' });
    assert.throws(() => rankSumTest({ a: [1, NaN], b: [2] }), { name: 'AssertionError' });
  });

  test('takes infinite values for the largest and least', () => {
    assertFields(rankSumTest({ a: [Infinity, 3], b: [-Infinity, 1] }), { u: 4, superiority: 1 });
  });

  test('mirrors itself when the samples change places, and depends on the order of values only', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const found = rankSumTest({ a, b });
        fc.pre(found.kind === 'tested');
        assert(found.pValue >= 0 && found.pValue <= 1);
        assert.deepEqual(rankSumTest({ a: b, b: a }), {
          ...found,
          u: a.length * b.length - found.u,
          superiority: (a.length * b.length - found.u) / (a.length * b.length),
        });
        const stretched = (of: readonly number[]): number[] => of.map((value) => Math.exp(value / 5));
        assert.deepEqual(rankSumTest({ a: stretched(a), b: stretched(b) }), found);
      }),
    );
  });
});

suite('The Kolmogorov-Smirnov test', () => {
  test('agrees with scipy', () => {
    for (const [counts, distance, pValue, method] of vectors.kolmogorovSmirnov) {
      assertFields(ksTest(counts), { kind: 'tested', distance, pValue, method });
    }
  });

  test('gives the published values', () => {
    assertFields(ksTest(histograms(drugs)), { distance: 0.625, pValue: 0.08702408702, method: 'exact' }, 1e-8);
    assertFields(ksTest(histograms(ages)), { distance: 0.6, pValue: 2 / 7, method: 'exact' });
  });

  test('is undefined for an empty sample, and finds nothing where all values are in one bucket', () => {
    assert.deepEqual(ksTest({ reference: [], current: [] }), {
      kind: 'undefined',
      reason: 'one of the samples is empty',
    });
    assert.deepEqual(ksTest({ reference: [0, 0], current: [3, 1] }), {
      kind: 'undefined',
      reason: 'one of the samples is empty',
    });
    assertFields(ksTest({ reference: [0, 4], current: [0, 9] }), { distance: 0, pValue: 1, method: 'exact' });
    assertFields(ksTest({ reference: [9000], current: [9000] }), { distance: 0, pValue: 1, method: 'asymptotic' });
  });

  test('gives nearly the same p-value either way where few become many', () => {
    const shifted = (size: number, moved: number): Parameters<typeof ksTest>[0] => ({
      reference: [size / 2, size / 2],
      current: [size / 2 - moved, size / 2 + moved],
    });
    for (const moved of [10, 40, 70]) {
      const few = ksTest(shifted(500, moved));
      const many = ksTest(shifted(502, moved));
      assert(few.kind === 'tested' && many.kind === 'tested');
      assert.deepEqual([few.method, many.method], ['exact', 'asymptotic']);
      assertClose(many.pValue, few.pValue, 'p-value', 0.1);
    }
  });

  test('stays within 0..1, and is the same when the samples change places or the order turns', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const found = ksTest(histograms({ a, b }));
        assert(found.kind === 'tested');
        assert(found.distance >= 0 && found.distance <= 1);
        assert(found.pValue >= 0 && found.pValue <= 1);
        const turn = (of: readonly number[]): number[] => of.map((value) => -value);
        for (const other of [ksTest(histograms({ a: b, b: a })), ksTest(histograms({ a: turn(a), b: turn(b) }))]) {
          assert(other.kind === 'tested');
          assert.equal(other.distance, found.distance);
          assertClose(other.pValue, found.pValue, 'p-value', 1e-9);
        }
      }),
    );
  });

  test('of coarser buckets is no farther and no surer', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const coarse = (of: readonly number[]): number[] => of.map((value) => Math.floor(value / 4));
        const fine = ksTest(histograms({ a, b }));
        const found = ksTest(histograms({ a: coarse(a), b: coarse(b) }));
        assert(fine.kind === 'tested' && found.kind === 'tested');
        assert(found.distance <= fine.distance && found.pValue >= fine.pValue);
      }),
    );
  });
});
