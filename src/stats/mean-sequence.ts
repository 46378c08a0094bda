/**
 * Asymptotic confidence sequences for means: valid at all sizes at once, in the limit of many observations.
 *
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, 2103.06476, equations 9, 155 and 161, as GrowthBook uses them.
 * They need a variance and hundreds of observations; for rare events the exact bounds of bernoulli-bounds.ts are right.
 */
import assert from 'node:assert/strict';

export interface Estimate {
  /** Of the mean, or of the difference of two. */
  readonly standardError: number;
  /** Observations of all arms together. */
  readonly count: number;
  readonly alpha: number;
  /** The count at which the sequence is to be the tightest. */
  readonly optimalCount: number;
}

/** ρ that makes the sequence the tightest at `optimalCount`: √((-2 ln α + ln(-2 ln α + 1)) / N*). */
export function sequenceRho({ alpha, optimalCount }: Pick<Estimate, 'alpha' | 'optimalCount'>): number {
  const twice = -2 * Math.log(alpha);
  return Math.sqrt((twice + Math.log1p(twice)) / optimalCount);
}

/** Half of the width of the interval: se √N √(2 (Nρ² + 1) / (N²ρ²) ln(√(Nρ² + 1) / α)). 0 where the standard error is. */
export function anytimeHalfWidth(estimate: Estimate): number {
  const { standardError, count, alpha } = estimate;
  assert(standardError >= 0 && count > 0 && alpha > 0 && alpha < 1, 'an estimate has observations and an alpha');
  const spread = count * sequenceRho(estimate) ** 2;
  const factor = ((2 * (spread + 1)) / (count * spread)) * Math.log(Math.sqrt(spread + 1) / alpha);
  return standardError * Math.sqrt(count * factor);
}

/** min(1, 1/e), e = exp(ρ² Δ²N/se² / (2 (Nρ² + 1))) / √(Nρ² + 1). 1 where the standard error is 0. */
export function anytimePValue(estimate: Estimate & { readonly difference: number }): number {
  const { standardError, count, difference } = estimate;
  if (standardError === 0) return 1;
  const rho = sequenceRho(estimate);
  const spread = count * rho ** 2;
  const logE =
    (rho ** 2 * difference ** 2 * count) / standardError ** 2 / (2 * (spread + 1)) - 0.5 * Math.log(spread + 1);
  return Math.min(1, Math.exp(-logE));
}
