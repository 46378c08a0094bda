/** A rollout that goes by a harm budget alone: calls at a fixed rate, a look a second, weights that are late. */
import { budgetedShare } from '../../src/stats/budget.ts';
import type { Prng } from '../support/prng.ts';

export interface BudgetScene {
  readonly budget: number;
  readonly alpha: number;
  readonly callsPerSecond: number;
  /** Fault rates. */
  readonly baseline: number;
  readonly candidate: number;
  readonly seconds: number;
}

export interface BudgetEnd {
  /** The candidate's faults less its calls times the fault rate that was seen of the baseline. */
  readonly extraFaults: number;
  readonly isSpent: boolean;
  /** Until the largest share was allowed; Infinity where it was not. */
  readonly secondsToMost: number;
}

/** From a fault until a share that knows of it is in force: half of the horizon that is reckoned with. */
const DELAY_SECONDS = 2;
const HORIZON_SECONDS = 4;
const MOST_SHARE = 0.5;

/** Ends when the budget is spent and what was in flight has come, or some time after the largest share was reached. */
export function budgetRun(random: Prng, scene: BudgetScene): BudgetEnd {
  const { budget, alpha, callsPerSecond, seconds } = scene;
  const candidate = { calls: 0, faults: 0 };
  const baseline = { calls: 0, faults: 0 };
  const shares: number[] = [];
  let secondsToMost = Infinity;
  let spentAt = Infinity;
  for (let second = 0; second < Math.min(seconds, spentAt + DELAY_SECONDS, secondsToMost + 60); second += 1) {
    const calls = binomial(random, callsPerSecond, shares[second - DELAY_SECONDS] ?? 0);
    candidate.calls += calls;
    candidate.faults += binomial(random, calls, scene.candidate);
    baseline.calls += callsPerSecond - calls;
    baseline.faults += binomial(random, callsPerSecond - calls, scene.baseline);
    const look = { budget, alpha, candidate, baseline, callsPerSecond };
    const { share, isSpent } = budgetedShare({ ...look, horizonSeconds: HORIZON_SECONDS, maxShare: MOST_SHARE });
    shares.push(Math.floor(share * 10_000) / 10_000);
    if (share === MOST_SHARE) secondsToMost = Math.min(secondsToMost, second);
    if (isSpent) spentAt = Math.min(spentAt, second);
  }
  const rate = baseline.faults / Math.max(1, baseline.calls);
  return {
    extraFaults: candidate.faults - candidate.calls * rate,
    isSpent: spentAt < Infinity,
    secondsToMost,
  };
}

/** By the gaps between successes, which are geometric. */
function binomial(random: Prng, trials: number, p: number): number {
  if (p > 0.5) return trials - binomial(random, trials, 1 - p);
  if (p <= 0) return 0;
  const scale = Math.log1p(-p);
  let successes = 0;
  for (let at = gap(random, scale); at <= trials; at += gap(random, scale)) successes += 1;
  return successes;
}

function gap(random: Prng, scale: number): number {
  return 1 + Math.floor(Math.log(1 - random.next()) / scale);
}
