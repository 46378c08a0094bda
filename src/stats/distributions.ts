/** Student's t and chi-squared: tail probabilities and quantiles. */
import assert from 'node:assert/strict';
import { betaRegularized, gammaRegularized, normalQuantile } from './special.ts';

/** P(|T| > |t|) of Student's t: I_{df/(df+t²)}(df/2, 1/2). */
export function studentTwoSided({ t, df }: { readonly t: number; readonly df: number }): number {
  assert(df > 0, 'degrees of freedom are positive');
  if (!Number.isFinite(t)) return 0;
  return betaRegularized({ x: df / (df + t * t), a: df / 2, b: 0.5 });
}

/** t with P(T <= t) = p, by halving between bounds that the normal quantile gives a start. */
export function studentQuantile({ p, df }: { readonly p: number; readonly df: number }): number {
  assert(p > 0 && p < 1, 'a quantile of Student is for probabilities between 0 and 1');
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile({ p: 1 - p, df });
  const tail = 2 * (1 - p);
  let low = 0;
  let high = Math.max(1, normalQuantile(p) * 2);
  while (studentTwoSided({ t: high, df }) > tail) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step += 1) {
    const middle = (low + high) / 2;
    if (studentTwoSided({ t: middle, df }) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X > x) of chi-squared: Q(df/2, x/2). */
export function chiSquaredUpper({ x, df }: { readonly x: number; readonly df: number }): number {
  assert(df > 0, 'degrees of freedom are positive');
  return gammaRegularized({ x: x / 2, shape: df / 2 }).upper;
}
