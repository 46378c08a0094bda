/** A harm budget is kept, whatever the candidate does, and a good candidate is not held up. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Prng } from '../support/prng.ts';
import { budgetRun } from './budget-runs.ts';
import { allowedOf, median } from './null-runs.ts';

const ALPHA = 0.01;
const BUDGET = 20;

suite('a budget of 20 extra faults at 100 calls a second', () => {
  for (const excess of [0.005, 0.02, 0.1, 0.5, 0.995]) {
    test(`is exceeded in at most alpha of the runs where ${excess * 100} % more of the calls fail`, () => {
      const runs = 200;
      const scene = { budget: BUDGET, alpha: ALPHA, callsPerSecond: 100, baseline: 0.005, seconds: 90 };
      const over = Array.from({ length: runs }, (_, run) =>
        budgetRun(new Prng(run), { ...scene, candidate: 0.005 + excess }),
      ).filter(({ extraFaults }) => extraFaults > BUDGET);
      assert(over.length <= allowedOf({ runs, alpha: ALPHA }), `${over.length} of ${runs}`);
    });
  }

  test('lets an equal candidate have half of the traffic within 30 s', () => {
    const scene = { budget: BUDGET, alpha: ALPHA, callsPerSecond: 100, baseline: 0.005, candidate: 0.005, seconds: 90 };
    const ends = Array.from({ length: 50 }, (_, run) => budgetRun(new Prng(run), scene));
    assert(median(ends.map(({ secondsToMost }) => secondsToMost)) <= 30);
    assert.equal(ends.filter(({ isSpent }) => isSpent).length, 0);
  });
});
