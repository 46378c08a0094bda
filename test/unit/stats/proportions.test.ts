/** Two proportions and Wilson's interval, against statsmodels and published values. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { proportionsTest, wilsonInterval } from '../../../src/stats/proportions.ts';
import { assertDifference, assertFields, vectors } from './vectors-codec.ts';

const alpha = 0.05;
const trials = fc
  .tuple(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([count, share]) => ({ successes: Math.round(count * share), trials: count }));

suite('The test of two proportions', () => {
  test('agrees with statsmodels', () => {
    for (const [arms, expected] of vectors.proportions) assertDifference(proportionsTest(arms), expected);
  });

  test('gives the published values, pooled for the test and unpooled for the error', () => {
    const few = { control: { successes: 12, trials: 99 }, treatment: { successes: 5, trials: 83 }, alpha };
    const found = proportionsTest(few);
    assertFields(found, { statistic: -1.407830415, pValue: 0.1591812918 }, 1e-8);
    assert(found.kind === 'tested');
    assertFields({ z: found.difference / found.standardError }, { z: -1.454157343 }, 1e-8);

    const many = { control: { successes: 985, trials: 1000 }, treatment: { successes: 9990, trials: 10_000 }, alpha };
    const rare = proportionsTest(many);
    assert(rare.kind === 'tested');
    assert(Math.abs(rare.statistic - 8.8645) < 5e-5);
    assert(Math.abs(rare.difference / rare.standardError - 3.63) < 5e-5);
  });

  test('is undefined without trials in an arm, and where all ended alike', () => {
    const reasonOf = (control: [number, number], treatment: [number, number]): string => {
      const found = proportionsTest({
        control: { successes: control[0], trials: control[1] },
        treatment: { successes: treatment[0], trials: treatment[1] },
        alpha,
      });
      return found.kind === 'undefined' ? found.reason : found.kind;
    };
    assert.equal(reasonOf([0, 0], [1, 2]), 'no units in the control');
    assert.equal(reasonOf([1, 2], [0, 0]), 'no units in the treatment');
    assert.equal(reasonOf([0, 9], [0, 2]), 'no success in either arm');
    assert.equal(reasonOf([9, 9], [2, 2]), 'no failure in either arm');
  });

  test('of all against nothing is found, its interval without width', () => {
    const found = proportionsTest({
      control: { successes: 0, trials: 10 },
      treatment: { successes: 10, trials: 10 },
      alpha,
    });
    assertFields(found, { difference: 1, standardError: 0, lower: 1, upper: 1, statistic: Math.sqrt(20) });
  });

  test('refuses more successes than trials', () => {
    const arm = { successes: 3, trials: 2 };
    assert.throws(() => proportionsTest({ control: arm, treatment: arm, alpha }), { name: 'AssertionError' });
    assert.throws(() => wilsonInterval({ ...arm, alpha }), { name: 'AssertionError' });
  });

  test('says the same of failures as of successes, and of arms that change places', () => {
    fc.assert(
      fc.property(trials, trials, (control, treatment) => {
        const found = proportionsTest({ control, treatment, alpha });
        fc.pre(found.kind === 'tested');
        const turn = (arm: typeof control): typeof control => ({ ...arm, successes: arm.trials - arm.successes });
        const swapped = proportionsTest({ control: treatment, treatment: control, alpha });
        const turned = proportionsTest({ control: turn(control), treatment: turn(treatment), alpha });
        assert(swapped.kind === 'tested' && turned.kind === 'tested');
        assert(found.pValue >= 0 && found.pValue <= 1);
        for (const other of [swapped, turned]) {
          assert(Math.abs(other.difference + found.difference) < 1e-12);
          assert(Math.abs(other.pValue - found.pValue) < 1e-9);
        }
      }),
    );
  });
});

suite("Wilson's interval", () => {
  test('agrees with statsmodels', () => {
    for (const [of, expected] of vectors.wilson) assertFields(wilsonInterval(of), expected);
  });

  test('gives the published values', () => {
    const of = (successes: number, count: number): object => wilsonInterval({ successes, trials: count, alpha });
    assertFields(of(19, 20), { lower: 0.7638688066, upper: 0.9911185512 }, 1e-8);
    assertFields(of(0, 20), { lower: 0, upper: 0.1611251581 }, 1e-8);
    assertFields(of(9500, 10_000), { lower: 0.9455528842, upper: 0.9541015173 }, 1e-8);
  });

  test('of no trials is everything', () => {
    assert.deepEqual(wilsonInterval({ successes: 0, trials: 0, alpha }), { lower: 0, upper: 1 });
  });

  test('holds the share, lies within 0..1 and mirrors itself', () => {
    fc.assert(
      fc.property(trials, fc.double({ min: 1e-9, max: 0.9, noNaN: true }), (of, level) => {
        const { lower, upper } = wilsonInterval({ ...of, alpha: level });
        const share = of.successes / of.trials;
        assert(lower >= 0 && lower <= share && share <= upper && upper <= 1, `${lower} <= ${share} <= ${upper}`);
        const mirrored = wilsonInterval({ successes: of.trials - of.successes, trials: of.trials, alpha: level });
        assert(Math.abs(1 - mirrored.upper - lower) < 1e-12);
      }),
    );
  });
});
