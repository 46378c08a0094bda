/** What the fixed-horizon tests take of a sample, and the answer that they give where the data allow none. */
import assert from 'node:assert/strict';

/**
 * Of independent units. `variance` is the unbiased one, in squares of the unit of `mean`; 0 of fewer than two units.
 */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

/**
 * The data allow no answer: too few, or all the same. `reason` is a clause for people, such as "no units in the
 * control".
 */
export interface Undecided {
  readonly kind: 'undefined';
  readonly reason: string;
}

/** A two-sided test of a difference, with its interval of 1 - alpha. */
export interface DifferenceTest {
  readonly kind: 'tested';
  /** Treatment less control, in the metric's unit. */
  readonly difference: number;
  readonly standardError: number;
  readonly statistic: number;
  /** Infinity where the statistic is compared with the normal distribution. */
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Moments of a sample of which only Σ y and Σ y² were kept. What rounding leaves below zero of the variance is zero; a
 * standard deviation below some 1e-7 of the mean is lost in rounding, and reads as none.
 */
export function momentsOfSums({ count, sum, squares }: { count: number; sum: number; squares: number }): Moments {
  assert(count >= 0 && squares >= 0, `a sample has no ${count} units with squares of ${squares}`);
  if (count === 0) return { count, mean: 0, variance: 0 };
  const mean = sum / count;
  if (count < 2) return { count, mean, variance: 0 };
  const spread = squares - sum * mean;
  // Rounding of the two sums leaves about this much of a sample without any variance.
  const noise = squares * count ** 0.5 * Number.EPSILON;
  return { count, mean, variance: spread > noise ? spread / (count - 1) : 0 };
}
