/**
 * Anytime-valid bounds of a proportion: the beta-binomial mixture of Howard et al. (1810.08240, Proposition 7),
 * inverted.
 *
 * At all times at once the true proportion lies within them with probability 1 - alpha, however often one looks; needs
 * independent trials with one probability (or, for a changing one, its conditional mean).
 */
import assert from 'node:assert/strict';
import { betaBinomialWidth, logBetaBinomialMixture } from './mixtures.ts';

export interface BernoulliQuery {
  readonly successes: number;
  readonly trials: number;
  /** Two-sided. */
  readonly alpha: number;
  /** The number of trials for which the bounds are to be the tightest. */
  readonly optimalTrials: number;
}

/** [0, 1] before the first trial. */
export function bernoulliInterval({ successes, trials, alpha, optimalTrials }: BernoulliQuery): {
  readonly lower: number;
  readonly upper: number;
} {
  assert(
    successes >= 0 && successes <= trials && trials < Infinity,
    `${successes} of ${trials} trials cannot have succeeded`,
  );
  assert(alpha > 0 && alpha < 1 && optimalTrials > 0, 'alpha lies between 0 and 1, and there is a number to tune for');
  if (trials === 0) return { lower: 0, upper: 1 };
  const threshold = Math.log(1 / alpha);
  /** Above 0 where p, whose ln(p/(1 - p)) is given, is not in the interval. */
  const excess = (logOdds: number): number => {
    const [p, rest] = [1 / (1 + Math.exp(-logOdds)), 1 / (1 + Math.exp(logOdds))];
    const r = betaBinomialWidth({ trials: optimalTrials, alpha, variance: p * rest });
    return logBetaBinomialMixture({ successes, trials, p, rest, r }) - threshold;
  };
  // No trial in a thousand times as many: so near to the edge is inside.
  const inside = Math.log((successes + 1e-3) / (trials - successes + 1e-3));
  return {
    lower: successes === 0 ? 0 : probability(edge({ inside, step: -1 }, excess)),
    upper: successes === trials ? 1 : probability(edge({ inside, step: 1 }, excess)),
  };
}

/** Of 1e-300. */
const MOST_LOG_ODDS = 690;
/** In ln of evidence: the relative error of a bound is of this size. */
const SETTLED = 1e-11;
const MOST_ROUNDS = 60;

function probability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/**
 * Where a function that is below 0 at `inside` gets above it, in the direction of `step`: steps that double until it is
 * above, then the Illinois variant of false position. Far out the mixture is linear in the log odds, so it takes few.
 */
function edge(
  { inside, step }: { readonly inside: number; readonly step: number },
  excess: (logOdds: number) => number,
): number {
  let [near, far] = [inside, inside + step];
  let [below, above] = [excess(near), excess(far)];
  while (above < 0 && Math.abs(far) < MOST_LOG_ODDS) {
    [near, below] = [far, above];
    far = Math.max(Math.min(inside + (far - inside) * 2, MOST_LOG_ODDS), -MOST_LOG_ODDS);
    above = excess(far);
  }
  if (above < 0) return step * Infinity;
  let last = '';
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const guess = (near * above - far * below) / (above - below);
    const value = excess(guess);
    if (Math.abs(value) < SETTLED) return guess;
    // An end that stays twice in a row counts half, or it would stay for ever.
    if (value < 0) [near, below, above, last] = [guess, value, last === 'near' ? above / 2 : above, 'near'];
    else [far, above, below, last] = [guess, value, last === 'far' ? below / 2 : below, 'far'];
  }
  return near;
}
