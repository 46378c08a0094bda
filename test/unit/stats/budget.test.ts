/** The share of traffic that a harm budget allows. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { bernoulliInterval } from '../../../src/stats/bernoulli-bounds.ts';
import { budgetedShare } from '../../../src/stats/budget.ts';
import type { BudgetQuery } from '../../../src/stats/budget.ts';

const START: BudgetQuery = {
  budget: 20,
  alpha: 0.01,
  candidate: { calls: 0, faults: 0 },
  baseline: { calls: 0, faults: 0 },
  callsPerSecond: 100,
  horizonSeconds: 4,
  maxShare: 0.5,
};

/** P(Poisson(mean) > most), term by term. */
function above(most: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= most; k += 1) {
    term *= mean / k;
    sum += term;
  }
  return 1 - sum;
}

suite('a harm budget', () => {
  test('allows at the start what can fail as a whole within a horizon without breaking it', () => {
    const { share, extraFaults, excessUpper, isSpent } = budgetedShare(START);
    assert.deepEqual({ extraFaults, excessUpper, isSpent }, { extraFaults: 0, excessUpper: 1, isSpent: false });
    const mean = share * 400;
    const [risk, allowed] = [above(20, mean), (0.005 * mean) / 20];
    assert(Math.abs(risk / allowed - 1) < 1e-6, `${risk} of ${allowed}`);
    assert(share > 0.005 && share < 0.05, `${share}`);
  });

  test('allows more with every call that does not fail, up to the largest share', () => {
    const shares = [0, 10, 100, 1000, 10_000].map(
      (calls) => budgetedShare({ ...START, candidate: { calls, faults: 0 } }).share,
    );
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => a - b),
    );
    assert.equal(shares.at(-1), 0.5);
    assert.equal(new Set(shares).size >= 4, true);
  });

  test('is spent where no more than one fault fits', () => {
    const baseline = { calls: 10_000, faults: 100 };
    const of = (faults: number): { share: number; isSpent: boolean; extraFaults: number } => {
      const { share, isSpent, extraFaults } = budgetedShare({ ...START, baseline, candidate: { calls: 500, faults } });
      return { share, isSpent, extraFaults };
    };
    assert.deepEqual(of(24), { share: 0, isSpent: true, extraFaults: 19 });
    assert.equal(of(22).isSpent, false);
    assert(of(22).share > 0);
    assert.equal(of(2).extraFaults, 0);
  });

  test('a budget of one fault begins, and is spent with it', () => {
    const slow = { ...START, budget: 1, callsPerSecond: 1 };
    const begin = budgetedShare(slow);
    assert(begin.share > 0 && !begin.isSpent);
    assert.equal(budgetedShare({ ...slow, candidate: { calls: 1, faults: 1 } }).isSpent, true);
  });

  test('without calls in a second everything is allowed', () => {
    assert.equal(budgetedShare({ ...START, callsPerSecond: 0 }).share, 0.5);
  });

  test('names how much more of the calls may fail at most', () => {
    const candidate = { calls: 1000, faults: 10 };
    const baseline = { calls: 20_000, faults: 40 };
    const { excessUpper } = budgetedShare({ ...START, candidate, baseline });
    const bound = { alpha: 0.005, optimalTrials: 300 };
    const { upper } = bernoulliInterval({ successes: 10, trials: 1000, ...bound });
    const { lower } = bernoulliInterval({ successes: 40, trials: 20_000, ...bound });
    assert.equal(excessUpper, upper - lower);
  });

  test('counts faults of more than all calls as all calls', () => {
    const { excessUpper } = budgetedShare({ ...START, candidate: { calls: 3, faults: 5 } });
    assert.equal(excessUpper, 1);
  });

  test('refuses what is no budget', () => {
    assert.throws(() => budgetedShare({ ...START, budget: 0 }), /budget/);
    assert.throws(() => budgetedShare({ ...START, alpha: 1 }), /alpha/);
    assert.throws(() => budgetedShare({ ...START, horizonSeconds: 0 }), /horizon/);
  });

  test('more faults of the candidate, or more calls in a second, never allow more', () => {
    const query = fc.record({
      budget: fc.integer({ min: 1, max: 500 }),
      calls: fc.nat(20_000),
      faults: fc.nat(100),
      baselineFaults: fc.nat(200),
      callsPerSecond: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(query, ({ budget, calls, faults, baselineFaults, callsPerSecond }) => {
        const given = {
          ...START,
          budget,
          callsPerSecond,
          candidate: { calls, faults: Math.min(calls, faults) },
          baseline: { calls: 30_000, faults: baselineFaults },
        };
        const now = budgetedShare(given).share;
        const worse = { ...given.candidate, faults: Math.min(calls, faults + 1) };
        assert(budgetedShare({ ...given, candidate: worse }).share <= now * (1 + 1e-6));
        assert(budgetedShare({ ...given, callsPerSecond: 2 * callsPerSecond }).share <= now * (1 + 1e-6));
        assert(now >= 0 && now <= 0.5);
      }),
    );
  });
});
