/**
 * Whether the arms get the shares that they were given, looked at as often as one likes: sequential sample ratio
 * mismatch.
 *
 * Source: M. Lindon & A. Malek, "Anytime-valid inference for multinomial count data" (2011.03567): the shares that a
 * Dirichlet distribution around the given ones proposes are bet against the given ones. Under the given shares the
 * evidence is a nonnegative martingale of mean 1, so P(it ever reaches 1/α) <= α. Assumes that each unit goes to an arm
 * by chance of its own, with shares that did not change: units of one key count once, and each epoch is tested by
 * itself.
 */
import assert from 'node:assert/strict';
import { logBetaOf } from './special.ts';

/** Counts of units for each arm, and the weights that they were to get, in any unit. */
export interface RatioCounts {
  readonly counts: readonly number[];
  readonly weights: readonly number[];
}

export interface SequentialRatio {
  /** ln of the e-value now; 0 before there is a unit. */
  readonly logEvidence: number;
  /** min(1, 1/e) now. The anytime p-value is the least that it ever was. */
  readonly pValue: number;
  /** Units of arms of weight 0. Those can be no chance, and are in no evidence. */
  readonly leaked: number;
}

/**
 * How many units the proposed shares are sure of: √(θ(1-θ)/k) is how far they lie from the given ones. 100 finds what
 * is five percentage points off in hundreds of units, 10,000 what is half a point off in tens of thousands.
 */
const CONCENTRATIONS = [100, 10_000];

/**
 * The mean of the e-values of a coarse and of a fine alternative, which is an e-value: it costs ln 2 of evidence, and
 * finds large mismatches early and small ones at all. With fewer than two arms of a weight above 0 there is no
 * evidence.
 */
export function sequentialRatioTest({ counts, weights }: RatioCounts): SequentialRatio {
  const logs = CONCENTRATIONS.map((concentration) => logRatioEvidence({ counts, weights, concentration }));
  const most = Math.max(...logs);
  const logEvidence = most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
  const leaked = counts.reduce((sum, count, arm) => sum + ((weights[arm] ?? 0) > 0 ? 0 : count), 0);
  return { logEvidence, pValue: Math.min(1, Math.exp(-logEvidence)), leaked };
}

/**
 * ln E = ln B(kθ + c) - ln B(kθ) - Σ c ln θ over the arms of a weight above 0, with shares θ, counts c, concentration k
 * and the multivariate beta function B.
 */
export function logRatioEvidence({
  counts,
  weights,
  concentration,
}: RatioCounts & { readonly concentration: number }): number {
  assert(counts.length === weights.length, `${counts.length} counts of ${weights.length} arms`);
  assert(concentration > 0 && concentration < Infinity, `a concentration is above 0, not ${concentration}`);
  const arms = counts.map((count, arm) => ({ count, weight: weights[arm] ?? 0 }));
  assert(
    arms.every(({ count, weight }) => count >= 0 && count < Infinity && weight >= 0 && weight < Infinity),
    'counts and weights are numbers from 0 on',
  );
  const used = arms.filter(({ weight }) => weight > 0);
  if (used.length < 2) return 0;
  const whole = used.reduce((sum, { weight }) => sum + weight, 0);
  const prior = used.map(({ weight }) => (concentration * weight) / whole);
  const posterior = used.map(({ count, weight }) => (concentration * weight) / whole + count);
  const given = used.reduce((sum, { count, weight }) => sum + count * Math.log(weight / whole), 0);
  return logBetaOf(posterior) - logBetaOf(prior) - given;
}
