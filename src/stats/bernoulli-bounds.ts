/**
 * Anytime-valid bounds of a proportion: the beta-binomial mixture of Howard et al. (1810.08240, Proposition 7), inverted.
 *
 * At all times at once the true proportion lies within them with probability 1 - alpha, however often one looks; needs
 * independent trials with one probability (or, for a changing one, its conditional mean).
 */
import assert from 'node:assert/strict';
import { logBeta } from './special.ts';

export interface BernoulliQuery {
  readonly successes: number;
  readonly trials: number;
  /** Two-sided. */
  readonly alpha: number;
  /** The number of trials for which the bounds are to be the tightest. */
  readonly optimalTrials: number;
}

/** ρ of the normal mixture that is the tightest at intrinsic time v: v / (2 ln(1/α) + ln(1 + 2 ln(1/α))). */
export function mixtureRho(v: number, alpha: number): number {
  const twice = 2 * Math.log(1 / alpha);
  return v / (twice + Math.log1p(twice));
}

/** ln of the two-sided beta-binomial mixture at s = Σ(x - p) and v = n g h, for observations between -g and h of mean 0. */
export function logBetaBinomialMixture(at: {
  readonly s: number;
  readonly v: number;
  readonly r: number;
  readonly g: number;
  readonly h: number;
}): number {
  const { s, v, r, g, h } = at;
  const sum = g + h;
  return (
    (v / (g * h)) * Math.log(sum) -
    ((v + h * s) / (h * sum)) * Math.log(g) -
    ((v - g * s) / (g * sum)) * Math.log(h) +
    logBeta((r + v - g * s) / (g * sum), (r + v + h * s) / (h * sum)) -
    logBeta(r / (g * sum), r / (h * sum))
  );
}

/** [0, 1] before the first trial. */
export function bernoulliInterval({ successes, trials, alpha, optimalTrials }: BernoulliQuery): {
  readonly lower: number;
  readonly upper: number;
} {
  assert(successes >= 0 && successes <= trials && alpha > 0 && alpha < 1, 'successes of trials, an alpha in (0, 1)');
  if (trials === 0) return { lower: 0, upper: 1 };
  const threshold = Math.log(1 / alpha);
  const mean = successes / trials;
  const isOut = (p: number): boolean => {
    const [g, h] = [p, 1 - p];
    const r = Math.max(mixtureRho(optimalTrials * g * h, alpha) - g * h, 1e-3 * g * h);
    const at = { s: (mean - p) * trials, v: g * h * trials, r, g, h };
    return logBetaBinomialMixture(at) >= threshold;
  };
  return {
    lower: successes === 0 ? 0 : edge({ inside: mean, outside: 0 }, isOut),
    upper: successes === trials ? 1 : edge({ inside: mean, outside: 1 }, isOut),
  };
}

/** Where `isOut` begins on the way from a point inside to one outside, by halving. */
function edge(
  { inside, outside }: { readonly inside: number; readonly outside: number },
  isOut: (p: number) => boolean,
): number {
  let near = inside;
  let far = outside;
  for (let step = 0; step < 80; step += 1) {
    const middle = (near + far) / 2;
    if (middle === near || middle === far) break;
    if (middle > 0 && middle < 1 && !isOut(middle)) near = middle;
    else far = middle;
  }
  return (near + far) / 2;
}
