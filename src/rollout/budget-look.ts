/** What a harm budget says now: the weight that it allows, and the verdict where it is spent. */
import type { Stage } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import { budgetedShare } from '../stats/budget.ts';
import type { RolloutEvidence } from './evidence.ts';
import { busiestSecond } from './recent.ts';
import type { BudgetView, Verdict } from './state.ts';

/** A decision is in force everywhere within a second or two; twice that is reckoned with. */
const HORIZON_SECONDS = 4;

export interface BudgetInput {
  readonly stage: Extract<Stage, { kind: 'budget' }>;
  readonly evidence: RolloutEvidence;
}

/** At least one call a second is reckoned with, and as many as in the busiest second lately. */
export function budgetLook({ stage, evidence }: BudgetInput): {
  readonly budget: BudgetView;
  readonly verdict: Verdict;
} {
  const { candidate, stable, rate } = evidence;
  const callsPerSecond = busiestSecond(rate);
  const { share, extraFaults, excessUpper, isSpent } = budgetedShare({
    budget: stage.extraFaults,
    alpha: stage.alpha,
    candidate: { calls: candidate.calls, faults: candidate.faults + candidate.overloads },
    baseline: { calls: stable.calls, faults: stable.faults + stable.overloads },
    callsPerSecond: Math.max(1, callsPerSecond ?? 1),
    horizonSeconds: HORIZON_SECONDS,
    maxShare: stage.maxWeight / TOTAL_WEIGHT,
  });
  const weight = callsPerSecond === undefined ? undefined : weightOf(share, stage.maxWeight);
  // Below the least weight that there is no evidence comes any more.
  const isOver = isSpent || (weight === 0 && extraFaults >= stage.extraFaults / 2);
  const spent = `${extraFaults.toFixed(1)} of ${stage.extraFaults} extra faults are spent`;
  const bound = `at most ${(excessUpper * 100).toFixed(2)} % more of its calls fail than of stable's`;
  const allowed =
    weight === undefined
      ? 'too few calls to tell how many there are in a second'
      : `which allows ${weight / 100} % at ${callsPerSecond} calls/s`;
  const summary = isOver ? `${spent}, which leaves no room for another try` : `${spent}; ${bound}, ${allowed}`;
  const verdict: Verdict = {
    metric: 'budget',
    verdict: isOver ? 'fail' : 'pass',
    summary,
    candidate: extraFaults,
    stable: 0,
    limit: stage.extraFaults,
    bound: excessUpper,
    eValue: 0,
    threshold: 0,
    alpha: stage.alpha,
    alphaSpent: 0,
    candidateSamples: candidate.calls,
    stableSamples: stable.calls,
    onFail: 'rollback',
  };
  return { budget: { weight, extraFaults, summary }, verdict };
}

/** A share is a quotient: rounding must not keep it below the largest weight. */
function weightOf(share: number, maxWeight: number): number {
  const weight = share * TOTAL_WEIGHT;
  return weight >= maxWeight - 1e-6 ? maxWeight : Math.floor(weight);
}
