/**
 * Metrics that are a ratio of two sums, such as value per call, by the delta method at the unit that chance assigned.
 */
import assert from 'node:assert/strict';
import type { Moments, Undecided } from './moments.ts';

/** Over the units of an arm: y = a unit's sum of numerators, d = its sum of denominators. */
export interface RatioSums {
  readonly units: number;
  readonly y: number;
  readonly d: number;
  readonly yy: number;
  readonly dd: number;
  readonly yd: number;
}

/**
 * The ratio R = Σy/Σd, and the variance that a unit adds to it, such that Var(R) = variance/units: with M and D the
 * means of y and d, Var(y)/D² + R² Var(d)/D² - 2 R Cov(y, d)/D². welchTest and liftTest take it like any mean.
 *
 * Units must be independent: callers, where a caller adds several outcomes. Holds in the limit of many units (some
 * hundred). Undefined without units, and where the denominators sum to 0; of one unit the variance is 0.
 */
export function ratioMoments({ units, y, d, yy, dd, yd }: RatioSums): (Moments & { kind: 'moments' }) | Undecided {
  assert(units >= 0 && yy >= 0 && dd >= 0, `no units have sums of squares ${yy} and ${dd}`);
  if (units === 0) return { kind: 'undefined', reason: 'no units' };
  if (d === 0) return { kind: 'undefined', reason: 'the denominators sum to 0' };
  const ratio = y / d;
  if (units < 2) return { kind: 'moments', count: units, mean: ratio, variance: 0 };
  // Σ(y - R d)²: the residuals sum to 0, so that this is their variance without taking a mean off.
  const residuals = yy - 2 * ratio * yd + ratio * ratio * dd;
  const noise = (yy + ratio * ratio * dd) * units ** 0.5 * Number.EPSILON;
  const meanDenominator = d / units;
  const variance = residuals > noise ? residuals / (units - 1) / (meanDenominator * meanDenominator) : 0;
  return { kind: 'moments', count: units, mean: ratio, variance };
}
