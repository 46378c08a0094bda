/** Sample sizes and power, against statsmodels, G*Power's and GrowthBook's published values. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { detectableEffect, powerOf, unitsForMeans, unitsForProportions } from '../../../src/stats/power.ts';
import { assertClose, vectors } from './vectors-codec.ts';

const usual = { alpha: 0.05, power: 0.8, ratio: 1 };
const goal = fc.record({
  alpha: fc.double({ min: 1e-6, max: 0.2, noNaN: true }),
  power: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
  ratio: fc.double({ min: 0.05, max: 20, noNaN: true }),
});

suite('Units for a proportion', () => {
  test('agree with statsmodels', () => {
    for (const [plan, expected] of vectors.unitsForProportions) {
      assertClose(unitsForProportions(plan) ?? NaN, expected, JSON.stringify(plan), 1e-10);
    }
  });

  test('are the published ones', () => {
    const units = (baseline: number, effect: number): number =>
      Math.round(100 * (unitsForProportions({ ...usual, baseline, effect }) ?? NaN)) / 100;
    assert.equal(units(0.2, 0.05), 1093.74);
    assert.equal(Math.round(10 * units(0.99, -0.01)) / 10, 2318.2);
    assert.equal(Math.round(units(0.999, -0.001)), 23_510);
    assert.equal(
      Math.round(unitsForProportions({ ...usual, power: 0.85, baseline: 0.34, effect: 0.003 }) ?? NaN),
      448_674,
    );
  });

  test('are infinite for no effect, and undefined where the moved share is none', () => {
    assert.equal(unitsForProportions({ ...usual, baseline: 0.3, effect: 0 }), Infinity);
    assert.equal(unitsForProportions({ ...usual, baseline: 0.99, effect: 0.02 }), undefined);
    assert.equal(unitsForProportions({ ...usual, baseline: 0.01, effect: -0.02 }), undefined);
  });

  test('are the same for failures as for successes', () => {
    fc.assert(
      fc.property(goal, fc.double({ min: 0.01, max: 0.49, noNaN: true }), (plan, baseline) => {
        const up = unitsForProportions({ ...plan, baseline, effect: 0.25 });
        const down = unitsForProportions({ ...plan, baseline: 1 - baseline, effect: -0.25 });
        assertClose(down ?? NaN, up ?? NaN, 'units', 1e-9);
      }),
    );
  });
});

suite('Units for a mean', () => {
  test('agree with statsmodels', () => {
    for (const [plan, expected] of vectors.unitsForMeans) {
      assertClose(unitsForMeans(plan), expected, JSON.stringify(plan), 1e-10);
    }
  });

  test("are G*Power's but for the one unit an arm that Student's t takes more", () => {
    const control = unitsForMeans({ ...usual, power: 0.85, effect: 0.3, standardDeviation: 10 });
    assert.equal(2 * (Math.ceil(control) + 1), 39_906);
  });

  test('are infinite for no effect, and none for a metric that does not vary', () => {
    assert.equal(unitsForMeans({ ...usual, effect: 0, standardDeviation: 1 }), Infinity);
    assert.equal(unitsForMeans({ ...usual, effect: 1, standardDeviation: 0 }), 0);
  });

  test('find the effect with the power that they are for', () => {
    fc.assert(
      fc.property(goal, fc.double({ min: 0.01, max: 10, noNaN: true }), (plan, effect) => {
        const control = unitsForMeans({ ...plan, effect, standardDeviation: 3 });
        const standardError = 3 * Math.sqrt(1 / control + 1 / (plan.ratio * control));
        const found = powerOf({ effect, standardError, alpha: plan.alpha });
        // More by what is found with the wrong sign.
        assert(found >= plan.power - 1e-12 && found < plan.power + 0.01, `${found} for ${plan.power}`);
        assertClose(detectableEffect({ ...plan, standardError }), effect, 'detectable effect', 1e-10);
      }),
    );
  });

  test('refuse a goal that has no meaning', () => {
    const plan = { ...usual, effect: 1, standardDeviation: 1 };
    for (const odd of [
      { alpha: 0 },
      { alpha: 1 },
      { power: 1 },
      { power: 0.04 },
      { ratio: 0 },
      { standardDeviation: -1 },
    ]) {
      assert.throws(() => unitsForMeans({ ...plan, ...odd }), { name: 'AssertionError' }, JSON.stringify(odd));
    }
  });
});

suite('Power', () => {
  test('agrees with statsmodels', () => {
    for (const [of, expected] of vectors.power) assertClose(powerOf(of), expected, JSON.stringify(of), 1e-10);
  });

  test("is GrowthBook's for a relative effect", () => {
    const units = 400_000 / 3;
    const standardError = Math.sqrt((3909.9997749994377 / units / 100) * (1 + 1.05 ** 2));
    const found = powerOf({ effect: 0.05, standardError, alpha: 0.05 });
    assert.equal(Math.round(1e5 * found) / 1e5, 0.52144);
  });

  test('is alpha for no effect, and certain for one that is measured without error', () => {
    assert.equal(powerOf({ effect: 0, standardError: 0, alpha: 0.05 }), 0.05);
    assertClose(powerOf({ effect: 1e-9, standardError: 1, alpha: 0.05 }), 0.05, 'power of next to nothing');
    assert.equal(powerOf({ effect: -2, standardError: 0, alpha: 0.05 }), 1);
  });
});
