/** What a harm budget says of the weight. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { budgetLook } from '../../../src/rollout/budget-look.ts';
import type { RolloutEvidence } from '../../../src/rollout/evidence.ts';
import { Arm, opened, taken } from './evidence-scene.ts';

const STAGE = {
  kind: 'budget',
  extraFaults: 20,
  alpha: 0.01,
  maxWeight: 5700,
  holdMs: 60_000,
  deadlineMs: 3_600_000,
} as const;

/** What the candidate did long ago, then four seconds of so many calls of stable each. */
function after(candidate: Arm, perSecond = 100): RolloutEvidence {
  const stable = new Arm('stable');
  let evidence = taken(opened(1000), [candidate], -100_000);
  for (let second = 0; second < 4; second += 1) evidence = taken(evidence, [stable.calls(perSecond)], second * 1000);
  return evidence;
}

const weightAfter = (candidate: Arm, perSecond?: number): number => {
  const { weight } = budgetLook({ stage: STAGE, evidence: after(candidate, perSecond) }).budget;
  assert(weight !== undefined);
  return weight;
};

suite('a harm budget', () => {
  test('cannot tell a weight before it knows how many calls there are in a second', () => {
    const evidence = taken(opened(0), [new Arm('stable').calls(1000)], 0);
    const { budget, verdict } = budgetLook({ stage: STAGE, evidence });
    assert.deepEqual([budget.weight, verdict.verdict], [undefined, 'pass']);
    assert.match(budget.summary, /too few calls to tell how many there are in a second/);
  });

  test('allows less the more calls there are, the more of them failed and the less is known', () => {
    const unknown = weightAfter(new Arm('candidate'));
    const known = weightAfter(new Arm('candidate').calls(100));
    const busy = weightAfter(new Arm('candidate').calls(100), 1000);
    const failing = weightAfter(new Arm('candidate').calls(90).calls(10, { outcome: 'internal' }));
    assert(0 < unknown && unknown < known && busy < known && failing < known, [unknown, known, busy, failing].join());
  });

  test('reckons with the busiest second of the last half minute', () => {
    const quiet = after(new Arm('candidate').calls(50));
    const burst = taken(quiet, [new Arm('stable', { boot: 'c' }).calls(1000)], 4000);
    const arm = new Arm('stable', { boot: 'd' });
    const later = [33, 34, 35, 36].reduce((evidence, at) => taken(evidence, [arm.calls(100)], at * 1000), burst);
    const weights = [quiet, burst, later].map((evidence) => budgetLook({ stage: STAGE, evidence }).budget.weight ?? 0);
    const [before = 0, during = 0, afterwards = 0] = weights;
    assert(during < before / 2 && afterwards >= before, weights.join());
  });

  test('allows the largest weight to the last slot when nothing speaks against it', () => {
    assert.equal(weightAfter(new Arm('candidate').calls(20_000)), STAGE.maxWeight);
  });

  test('is spent when the next fault may break it', () => {
    const evidence = after(new Arm('candidate').calls(5).calls(19, { outcome: 'internal' }));
    const { budget, verdict } = budgetLook({ stage: STAGE, evidence });
    assert.deepEqual(
      [budget.weight, verdict.verdict, verdict.onFail, verdict.summary],
      [0, 'fail', 'rollback', '19.0 of 20 extra faults are spent, which leaves no room for another try'],
    );
  });

  test('is spent when it allows no weight any more, and half of it is', () => {
    const evidence = after(new Arm('candidate').calls(14, { outcome: 'internal' }), 20_000);
    const { budget, verdict } = budgetLook({ stage: STAGE, evidence });
    assert.deepEqual([budget.weight, verdict.verdict], [0, 'fail']);
  });

  test('counts overload as harm', () => {
    const evidence = after(new Arm('candidate').calls(19, { outcome: 'resource_exhausted' }));
    assert.equal(budgetLook({ stage: STAGE, evidence }).verdict.verdict, 'fail');
  });
});
