/** The share of traffic that a harm budget allows a candidate. */
import assert from 'node:assert/strict';
import { bernoulliInterval } from './bernoulli-bounds.ts';
import { gammaRegularized } from './special.ts';

export interface Answered {
  readonly calls: number;
  readonly faults: number;
}

export interface BudgetQuery {
  /** Failed answers that the candidate may cost beyond what the baseline would have failed. */
  readonly budget: number;
  /** More than the budget is lost with at most this probability. */
  readonly alpha: number;
  readonly candidate: Answered;
  readonly baseline: Answered;
  readonly callsPerSecond: number;
  /** Twice the time from a fault until a share that knows of it is in force everywhere. */
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
  /** One more fault fits into the budget, or none, and it had room for more: the share is 0 for good. */
  readonly isSpent: boolean;
}

/** Calls at which the bounds are the tightest. */
const OPTIMAL_TRIALS = 300;

/**
 * The largest share w with P(Poisson(w r h U) > L + w r h B) <= (alpha/2) min(1, w r h U / N): of the calls of one
 * horizon, w r h, so many faults as would break the budget come with a probability that is small beside the part of the
 * budget that they can use up. U is the upper bound of the candidate's fault probability and B the lower bound of the
 * baseline's (beta-binomial, at alpha/2 together), N the budget and L the whole faults that are left of it.
 *
 * Faults are unpredictable and a share is late: with what "budget left >= w r h (U - B)" allows, a bad candidate breaks
 * its budget in a third of all runs, since the last fault that fits is followed by others before the share is 0. The
 * sum of this bound over all horizons until N faults came is alpha/2; test/simulation/budget.test.ts checks it.
 *
 * What is bounded are the faults that are seen, X - n p, by which chance is taken for harm: of an equal candidate with
 * n calls they go beyond N by themselves where N is not 3 √(n p (1 + n / baseline calls)) at least.
 */
export function budgetedShare(query: BudgetQuery): BudgetShare {
  const { budget, alpha, candidate, baseline, callsPerSecond, horizonSeconds, maxShare } = query;
  assert(budget > 0 && alpha > 0 && alpha < 1, 'a budget is above 0, and alpha between 0 and 1');
  assert(callsPerSecond >= 0 && horizonSeconds > 0 && maxShare >= 0 && maxShare <= 1, 'calls, a horizon and a share');
  const baselineRate = baseline.calls === 0 ? 0 : baseline.faults / baseline.calls;
  const extraFaults = Math.max(0, candidate.faults - candidate.calls * baselineRate);
  const upper = boundsOf(candidate, alpha / 2).upper;
  const lower = boundsOf(baseline, alpha / 2).lower;
  const excessUpper = Math.max(0, upper - lower);
  const left = Math.floor(budget - extraFaults);
  // The last fault that fits would be waited for at next to no share, for hours.
  if (left < Math.min(2, budget)) return { share: 0, extraFaults, excessUpper, isSpent: true };
  const isAllowed = (share: number): boolean => {
    const calls = share * callsPerSecond * horizonSeconds;
    const risk = gammaRegularized({ x: calls * upper, shape: left + calls * lower + 1 }).lower;
    return risk <= (alpha / 2) * Math.min(1, (calls * upper) / budget);
  };
  return { share: largest(isAllowed, maxShare), extraFaults, excessUpper, isSpent: false };
}

/** A one-sided bound at alpha / 2 is one end of the two-sided interval at alpha. */
function boundsOf({ calls, faults }: Answered, alpha: number): { readonly lower: number; readonly upper: number } {
  return bernoulliInterval({
    successes: Math.min(faults, calls),
    trials: calls,
    alpha,
    optimalTrials: OPTIMAL_TRIALS,
  });
}

/** By halving: what is allowed up to some share, and not beyond. */
function largest(isAllowed: (share: number) => boolean, most: number): number {
  if (isAllowed(most)) return most;
  let [low, high] = [0, most];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (isAllowed(middle)) low = middle;
    else high = middle;
  }
  return low;
}
