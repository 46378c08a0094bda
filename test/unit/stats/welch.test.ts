/** Welch's test and its relative form, against scipy and published values. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import type { Moments } from '../../../src/stats/moments.ts';
import { momentsOfSums } from '../../../src/stats/moments.ts';
import { liftTest, welchTest } from '../../../src/stats/welch.ts';
import { assertClose, assertDifference, assertFields, vectors } from './vectors-codec.ts';

const alpha = 0.05;
const sample = fc.record({
  count: fc.integer({ min: 2, max: 1e6 }),
  mean: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  variance: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
});

suite("Welch's test", () => {
  test('agrees with scipy', () => {
    for (const [arms, expected] of vectors.welch) assertDifference(welchTest(arms), expected);
  });

  test("gives NIST's values of AUTO83B", () => {
    const control = { count: 249, mean: 20.14458, variance: 6.4147 ** 2 };
    const treatment = { count: 79, mean: 30.48101, variance: 6.10771 ** 2 };
    assertFields(
      welchTest({ control, treatment, alpha }),
      { statistic: 12.94626757, degreesOfFreedom: 136.8749901, pValue: 1.5709046e-25 },
      1e-8,
    );
  });

  test('is undefined with one unit in an arm or none, and without any variance', () => {
    const some = { count: 5, mean: 1, variance: 1 };
    const reasonOf = (control: Moments, treatment: Moments): string => {
      const found = welchTest({ control, treatment, alpha });
      assert.deepEqual(liftTest({ control, treatment, alpha }), found);
      return found.kind === 'undefined' ? found.reason : found.kind;
    };
    assert.equal(reasonOf({ count: 1, mean: 3, variance: 0 }, some), '1 units in the control, 2 are needed');
    assert.equal(reasonOf(some, { count: 0, mean: 0, variance: 0 }), '0 units in the treatment, 2 are needed');
    const same = { count: 9, mean: 1, variance: 0 };
    assert.equal(reasonOf(same, { ...same, mean: 2 }), 'all units of an arm have the same value');
  });

  test('takes one arm without variance', () => {
    const control = { count: 10, mean: 1, variance: 0 };
    const treatment = { count: 4, mean: 2, variance: 4 };
    assertFields(welchTest({ control, treatment, alpha }), { standardError: 1, statistic: 1, degreesOfFreedom: 3 });
  });

  test('refuses a level or a variance that is none', () => {
    const arm = { count: 5, mean: 1, variance: 1 };
    assert.throws(() => welchTest({ control: arm, treatment: arm, alpha: 0 }), { name: 'AssertionError' });
    assert.throws(() => welchTest({ control: { ...arm, variance: -1 }, treatment: arm, alpha }), {
      name: 'AssertionError',
    });
  });

  test('changes only its sign when the arms change places, and says the same in any unit', () => {
    fc.assert(
      fc.property(sample, sample, fc.double({ min: 0.01, max: 100, noNaN: true }), (control, treatment, unit) => {
        const found = welchTest({ control, treatment, alpha });
        const swapped = welchTest({ control: treatment, treatment: control, alpha });
        const scale = ({ count, mean, variance }: Moments): Moments => ({
          count,
          mean: mean * unit,
          variance: variance * unit ** 2,
        });
        const scaled = welchTest({ control: scale(control), treatment: scale(treatment), alpha });
        assert(found.kind === 'tested' && swapped.kind === 'tested' && scaled.kind === 'tested');
        assert(found.pValue >= 0 && found.pValue <= 1);
        assertClose(swapped.pValue, found.pValue, 'p-value', 1e-9);
        assert.equal(swapped.difference, 0 - found.difference);
        assertClose(scaled.degreesOfFreedom, found.degreesOfFreedom, 'degrees of freedom', 1e-9);
        assert(Math.abs(scaled.pValue - found.pValue) < 1e-9);
      }),
    );
  });

  test('finds a difference at a level just where the interval of that level leaves zero out', () => {
    fc.assert(
      fc.property(sample, sample, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (control, treatment, level) => {
        const found = welchTest({ control, treatment, alpha: level });
        assert(found.kind === 'tested');
        fc.pre(Math.abs(found.pValue - level) > 1e-9);
        assert.equal(found.pValue < level, found.lower > 0 || found.upper < 0);
      }),
    );
  });
});

suite('The relative difference', () => {
  test('agrees with the delta method written out in numpy', () => {
    for (const [arms, expected] of vectors.lift) assertDifference(liftTest(arms), expected);
  });

  test("gives GrowthBook's values, which differ from those of the absolute difference", () => {
    const control = momentsOfSums({ count: 3407, sum: 1396.87, squares: 52377.9767 });
    const treatment = momentsOfSums({ count: 3461, sum: 2422.7, squares: 134698.29 });
    assertFields(
      liftTest({ control, treatment, alpha }),
      {
        difference: 0.7073170732,
        standardError: 0.3787943617,
        pValue: 0.06191182746,
        lower: -0.0352600891,
        upper: 1.449894235,
      },
      1e-8,
    );
    assertFields(
      welchTest({ control, treatment, alpha }),
      {
        difference: 0.29,
        standardError: 0.1247836316,
        pValue: 0.02015840264,
        lower: 0.04537789256,
        upper: 0.5346221074,
      },
      1e-8,
    );
    const share = (successes: number, count: number): Moments => {
      const mean = successes / count;
      return { count, mean, variance: mean * (1 - mean) };
    };
    assertFields(
      liftTest({ control: share(14, 28), treatment: share(16, 30), alpha }),
      { standardError: 0.2716985569, pValue: 0.8070716832, lower: -0.4776740283, upper: 0.6110073616 },
      1e-8,
    );
  });

  test('is positive where the treatment is larger, whatever the sign of the control', () => {
    const control = { count: 50, mean: -4, variance: 1 };
    const found = liftTest({ control, treatment: { ...control, mean: -3 }, alpha });
    assertFields(found, { difference: 0.25 });
  });

  test('is undefined for a control of mean 0, and for a treatment that is 0 throughout', () => {
    const some = { count: 5, mean: 1, variance: 1 };
    assert.deepEqual(liftTest({ control: { ...some, mean: 0 }, treatment: some, alpha }), {
      kind: 'undefined',
      reason: 'the mean of the control is 0',
    });
    assert.deepEqual(liftTest({ control: some, treatment: { count: 5, mean: 0, variance: 0 }, alpha }), {
      kind: 'undefined',
      reason: 'all of the treatment is 0, so its lift has no error',
    });
  });
});

suite('Moments of sums', () => {
  test('are those of the values', () => {
    assert.deepEqual(momentsOfSums({ count: 4, sum: 10, squares: 30 }), { count: 4, mean: 2.5, variance: 5 / 3 });
  });

  test('have no variance with fewer than two units', () => {
    assert.deepEqual(momentsOfSums({ count: 0, sum: 0, squares: 0 }), { count: 0, mean: 0, variance: 0 });
    assert.deepEqual(momentsOfSums({ count: 1, sum: 7, squares: 49 }), { count: 1, mean: 7, variance: 0 });
  });

  test('do not take what rounding leaves of equal values for a variance', () => {
    let sum = 0;
    let squares = 0;
    for (let unit = 0; unit < 10_000; unit++) {
      sum += 0.1;
      squares += 0.1 * 0.1;
    }
    assert.equal(momentsOfSums({ count: 10_000, sum, squares }).variance, 0);
  });
});
