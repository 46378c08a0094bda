/** The parts of Stirling's formula that keep their relative accuracy where its plain form cancels. */
import assert from 'node:assert/strict';

/** B(2k) / (2k(2k - 1)) for k = 1, 2, …: the coefficients of 1/x, 1/x³, …. */
const COEFFICIENTS = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];

/** From here on the eight terms of the series are exact to a double. */
export const STIRLING_FROM = 10;

/**
 * ln Γ(x) - ((x - ½) ln x - x + ½ ln 2π) for x >= STIRLING_FROM, by the asymptotic series (Abramowitz & Stegun 6.1.41).
 */
export function stirlingSeries(x: number): number {
  assert(x >= STIRLING_FROM, `the series holds from ${STIRLING_FROM}, not at ${x}`);
  const inverseSquare = 1 / (x * x);
  return COEFFICIENTS.reduceRight((sum, coefficient) => sum * inverseSquare + coefficient, 0) / x;
}

/**
 * x ln(x/mean) + mean - x, which is >= 0: half the deviance of a count x whose mean is `mean` (both > 0).
 *
 * C. Loader, "Fast and accurate computation of binomial probabilities" (2000): near x = mean the terms cancel, so there
 * it is summed as a series in v = (x - mean)/(x + mean).
 */
export function deviance({ x, mean }: { x: number; mean: number }): number {
  const difference = x - mean;
  const v = difference / (x + mean);
  if (!(Math.abs(v) < 0.5)) return x * Math.log(x / mean) - difference;
  let sum = difference * v;
  let term = 2 * x * v;
  for (let k = 3; ; k += 2) {
    term *= v * v;
    const next = sum + term / k;
    if (next === sum) return sum;
    sum = next;
  }
}
