/**
 * Two proportions of independent trials: their difference with a test and an interval, and Wilson's interval of one.
 */
import assert from 'node:assert/strict';
import type { DifferenceTest, Undecided } from './moments.ts';
import { normalQuantile, normalUpper } from './special.ts';

export interface Trials {
  readonly successes: number;
  readonly trials: number;
}

/**
 * z of pT - pC: for the p-value over the pooled √(p(1 - p)(1/nT + 1/nC)), p of both arms together, as equality is what
 * is tested; for `standardError` and the interval over the unpooled √(pT(1 - pT)/nT + pC(1 - pC)/nC). The two may
 * disagree at the edge of significance.
 *
 * Normal in the limit only: trust it from some 5 successes and 5 failures in each arm on; for rare faults take
 * count-evidence.ts. The interval is 0 wide where each arm is all or nothing. Undefined without trials in an arm, and
 * where all trials of both arms ended alike.
 */
export function proportionsTest(arms: {
  control: Trials;
  treatment: Trials;
  alpha: number;
}): DifferenceTest | Undecided {
  const { control, treatment, alpha } = arms;
  assert(alpha > 0 && alpha < 1, `alpha is a probability between 0 and 1, not ${alpha}`);
  assertTrials(control);
  assertTrials(treatment);
  if (control.trials === 0) return { kind: 'undefined', reason: 'no units in the control' };
  if (treatment.trials === 0) return { kind: 'undefined', reason: 'no units in the treatment' };
  const successes = control.successes + treatment.successes;
  const trials = control.trials + treatment.trials;
  if (successes === 0) return { kind: 'undefined', reason: 'no success in either arm' };
  if (successes === trials) return { kind: 'undefined', reason: 'no failure in either arm' };

  const difference = treatment.successes / treatment.trials - control.successes / control.trials;
  const pooledVariance = (successes / trials) * ((trials - successes) / trials);
  const pooledError = Math.sqrt(pooledVariance * (1 / control.trials + 1 / treatment.trials));
  const standardError = Math.sqrt(varianceOfShare(control) + varianceOfShare(treatment));
  const statistic = difference / pooledError;
  const half = -normalQuantile(alpha / 2) * standardError;
  return {
    kind: 'tested',
    difference,
    standardError,
    statistic,
    degreesOfFreedom: Infinity,
    pValue: 2 * normalUpper(Math.abs(statistic)),
    lower: difference - half,
    upper: difference + half,
  };
}

/**
 * Wilson's score interval of a proportion, of coverage near 1 - alpha for any count (Wilson 1927):
 * (p + z²/2n ± z √(p(1 - p)/n + z²/4n²))/(1 + z²/n). It holds p and stays in 0..1; of no trials it is 0..1.
 */
export function wilsonInterval(of: { successes: number; trials: number; alpha: number }): {
  lower: number;
  upper: number;
} {
  const { successes, trials, alpha } = of;
  assert(alpha > 0 && alpha < 1, `alpha is a probability between 0 and 1, not ${alpha}`);
  assertTrials(of);
  if (trials === 0) return { lower: 0, upper: 1 };
  const z = normalQuantile(alpha / 2);
  const square = z * z;
  const failures = trials - successes;
  const scale = trials + square;
  const half = Math.abs(z) * Math.sqrt((successes * failures) / trials + square / 4);
  // Each end from the side of the counts that it is near, so that 0 successes give exactly 0 and no failure exactly 1.
  return {
    lower: successes === 0 ? 0 : (successes + square / 2 - half) / scale,
    upper: failures === 0 ? 1 : 1 - (failures + square / 2 - half) / scale,
  };
}

function varianceOfShare({ successes, trials }: Trials): number {
  return ((successes / trials) * ((trials - successes) / trials)) / trials;
}

function assertTrials({ successes, trials }: Trials): void {
  assert(successes >= 0 && successes <= trials && trials < Infinity, `${successes} of ${trials} is no share`);
}
