/** What a harm budget says now: the weight that it allows, and the verdict where it is spent. */
import type { Stage } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import { budgetedShare } from '../stats/budget.ts';
import type { RolloutEvidence } from './evidence.ts';
import type { Look, Verdict } from './state.ts';

/** A decision is in force everywhere within a second or two; twice that is reckoned with. */
const HORIZON_SECONDS = 4;

export interface BudgetInput {
  readonly stage: Extract<Stage, { kind: 'budget' }>;
  readonly evidence: RolloutEvidence;
  /** Of the whole model, lately. */
  readonly callsPerSecond: number;
}

/** With few calls a second the weight is still one that a single call cannot break: at least one call is reckoned with. */
export function budgetLook({ stage, evidence, callsPerSecond }: BudgetInput): {
  readonly budget: NonNullable<Look['budget']>;
  readonly verdict: Verdict;
} {
  const { candidate, stable } = evidence;
  const { share, extraFaults, excessUpper } = budgetedShare({
    budget: stage.extraFaults,
    alpha: stage.alpha,
    candidate: { calls: candidate.calls, faults: candidate.faults + candidate.overloads },
    baseline: { calls: stable.calls, faults: stable.faults + stable.overloads },
    callsPerSecond: Math.max(1, callsPerSecond),
    horizonSeconds: HORIZON_SECONDS,
    maxShare: stage.maxWeight / TOTAL_WEIGHT,
  });
  const weight = Math.floor(share * TOTAL_WEIGHT);
  const spent = `${extraFaults.toFixed(1)} of ${stage.extraFaults} extra faults are spent`;
  const bound = `at most ${(excessUpper * 100).toFixed(2)} % more of its calls fail than of stable's`;
  const summary = `${spent}; ${bound}, which allows ${weight / 100} % at ${callsPerSecond.toFixed(0)} calls/s`;
  const verdict: Verdict = {
    metric: 'budget',
    verdict: extraFaults >= stage.extraFaults ? 'fail' : 'pass',
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
