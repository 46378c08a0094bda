/** The share of traffic that a harm budget allows a candidate. */
import assert from 'node:assert/strict';
import { bernoulliInterval } from './bernoulli-bounds.ts';

export interface BudgetQuery {
  /** Failed answers that the candidate may cost beyond what the baseline would have failed. */
  readonly budget: number;
  /** The bound of the excess holds, at all times at once, with probability 1 - alpha. */
  readonly alpha: number;
  readonly candidate: { readonly calls: number; readonly faults: number };
  readonly baseline: { readonly calls: number; readonly faults: number };
  readonly callsPerSecond: number;
  /** How long a share stands before another decision is in force everywhere, with a reserve. */
  readonly horizonSeconds: number;
  /** 0 to 1. */
  readonly maxShare: number;
}

export interface BudgetShare {
  readonly share: number;
  /** Faults of the candidate beyond its calls times the baseline's fault rate; not below 0. */
  readonly extraFaults: number;
  /** At most so many of the candidate's calls fail more than the baseline's, as a share. */
  readonly excessUpper: number;
}

/** Calls at which the bounds are the tightest. */
const OPTIMAL_TRIALS = 300;

/**
 * The largest share w with (budget left) >= w × calls per second × horizon × U, where U is the upper bound of the
 * candidate's fault probability less the lower bound of the baseline's: what a horizon can cost at worst is never more
 * than what is left. 0 once the budget is spent.
 */
export function budgetedShare(query: BudgetQuery): BudgetShare {
  const { budget, alpha, candidate, baseline, callsPerSecond, horizonSeconds, maxShare } = query;
  assert(budget > 0 && horizonSeconds > 0 && maxShare >= 0 && maxShare <= 1, 'a budget, a horizon and a share');
  const baselineRate = baseline.calls === 0 ? 0 : baseline.faults / baseline.calls;
  const extraFaults = Math.max(0, candidate.faults - candidate.calls * baselineRate);
  // Each side has half of alpha: both bounds hold together.
  const upper = boundsOf(candidate, alpha).upper;
  const lower = boundsOf(baseline, alpha).lower;
  const excessUpper = Math.max(0, upper - lower);
  const left = Math.max(0, budget - extraFaults);
  const worst = callsPerSecond * horizonSeconds * excessUpper;
  return {
    share: worst === 0 ? (left > 0 ? maxShare : 0) : Math.min(maxShare, left / worst),
    extraFaults,
    excessUpper,
  };
}

/** A one-sided bound at alpha / 2 is one end of the two-sided interval at alpha. */
function boundsOf(
  { calls, faults }: BudgetQuery['candidate'],
  alpha: number,
): { readonly lower: number; readonly upper: number } {
  const successes = Math.min(faults, calls);
  return bernoulliInterval({ successes, trials: calls, alpha, optimalTrials: OPTIMAL_TRIALS });
}
