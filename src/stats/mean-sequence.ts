/**
 * Asymptotic confidence sequences for means: valid at all sizes at once, in the limit of many observations.
 *
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, 2103.06476, equations 9, 155 and 161, as GrowthBook uses them.
 * An estimate is a mean (standard error s/√n, count n) or a difference of two (√(s₁²/n₁ + s₂²/n₂), count n₁ + n₂) of
 * independent units. They need a variance and hundreds of units, looked at for the first time when those are there; for
 * rare events the exact bounds of bernoulli-bounds.ts are right.
 */
import assert from 'node:assert/strict';
import { logNormalMixture, mixtureRho, normalMixtureBound } from './mixtures.ts';

export interface Estimate {
  /** In the unit of what is estimated. */
  readonly standardError: number;
  /** Observations of all arms together. */
  readonly count: number;
  /** Two-sided. */
  readonly alpha: number;
  /** The count at which the sequence is to be the tightest. */
  readonly optimalCount: number;
}

/**
 * Half of the width of the interval: se √N √(2 (Nρ² + 1) / (N²ρ²) ln(√(Nρ² + 1) / α)), with
 * ρ² = (-2 ln α + ln(1 - 2 ln α)) / N*. Infinite before the first observation, 0 where the standard error is.
 */
export function anytimeHalfWidth(estimate: Estimate): number {
  const { standardError, count, alpha } = checked(estimate);
  if (count === 0) return Infinity;
  return (standardError / Math.sqrt(count)) * normalMixtureBound({ v: count, rho: rhoOf(estimate), alpha });
}

/**
 * min(1, 1/e), e = exp(ρ² Δ²N/se² / (2 (Nρ² + 1))) / √(Nρ² + 1): of this look; the anytime p-value is the least that it
 * ever was. 1 before the first observation, and where the standard error is 0, since nothing is known of the spread
 * then.
 */
export function anytimePValue(estimate: Estimate & { readonly difference: number }): number {
  const { standardError, count } = checked(estimate);
  if (standardError === 0 || count === 0) return 1;
  const s = (estimate.difference / standardError) * Math.sqrt(count);
  return Math.min(1, Math.exp(-logNormalMixture({ s, v: count, rho: rhoOf(estimate) })));
}

/** 1/ρ² in the notation of the paper. */
function rhoOf({ alpha, optimalCount }: Estimate): number {
  return mixtureRho({ v: optimalCount, alpha });
}

function checked(estimate: Estimate): Estimate {
  const { standardError, count, alpha, optimalCount } = estimate;
  assert(standardError >= 0 && count >= 0 && optimalCount > 0, 'an estimate has a standard error and a count');
  assert(alpha > 0 && alpha < 1, `alpha lies between 0 and 1, not at ${alpha}`);
  return estimate;
}
