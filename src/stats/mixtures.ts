/**
 * Mixture martingales: what a gambler owns who bet on many effects at once, against "the mean is what it is said to
 * be".
 *
 * Source: Howard, Ramdas, McAuliffe & Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences"
 * (1810.08240). Each has a mean of at most 1 at all times, so P(it ever reaches 1/α) <= α.
 */
import { logBeta } from './special.ts';

/** Two-sided: ρ of the normal mixture that is the tightest at intrinsic time v, v / (2 ln(1/α) + ln(1 + 2 ln(1/α))). */
export function mixtureRho({ v, alpha }: { readonly v: number; readonly alpha: number }): number {
  const twice = 2 * Math.log(1 / alpha);
  return v / (twice + Math.log1p(twice));
}

/**
 * ln of the two-sided normal mixture at a sum s of variance v: ½ ln(ρ/(v + ρ)) + s²/(2(v + ρ)).
 *
 * The mSPRT of Johari et al. (1512.04922), √(V/(V + nτ²)) exp(n²τ²θ²/(2V(V + nτ²))), is the same at s = nθ/√V, v = n
 * and ρ = V/τ².
 */
export function logNormalMixture({
  s,
  v,
  rho,
}: {
  readonly s: number;
  readonly v: number;
  readonly rho: number;
}): number {
  return 0.5 * Math.log(rho / (v + rho)) + s ** 2 / (2 * (v + rho));
}

/** Where that mixture reaches 1/α: |s| = √((v + ρ)(ln(1 + v/ρ) + 2 ln(1/α))). */
export function normalMixtureBound({
  v,
  rho,
  alpha,
}: {
  readonly v: number;
  readonly rho: number;
  readonly alpha: number;
}): number {
  return Math.sqrt((v + rho) * (Math.log1p(v / rho) + 2 * Math.log(1 / alpha)));
}

export interface BetaBinomialBet {
  readonly successes: number;
  readonly trials: number;
  /** The probability that is bet against, and 1 less it: near 1 the difference would have no digits. */
  readonly p: number;
  readonly rest: number;
  /** How narrowly around p the bets lie: see betaBinomialWidth. */
  readonly r: number;
}

/**
 * ln of the beta-binomial mixture: ln B(a + x, b + n - x) - ln B(a, b) - x ln p - (n - x) ln(1 - p) for x of n trials,
 * with a = r/(1 - p) and b = r/p. The paper's Proposition 7 at g = p, h = 1 - p, s = x - np and v = npq; x may be
 * fractional.
 */
export function logBetaBinomialMixture({ successes, trials, p, rest, r }: BetaBinomialBet): number {
  const failures = trials - successes;
  const [a, b] = [r / rest, r / p];
  return logBeta(a + successes, b + failures) - logBeta(a, b) - successes * Math.log(p) - failures * Math.log(rest);
}

/** r of the beta-binomial mixture that is the tightest after `trials` observations of variance p(1 - p). */
export function betaBinomialWidth({
  trials,
  alpha,
  variance,
}: {
  readonly trials: number;
  readonly alpha: number;
  readonly variance: number;
}): number {
  return Math.max(mixtureRho({ v: trials * variance, alpha }) - variance, 1e-3 * variance);
}
