/**
 * Whether two samples have the same quantile, looked at as often as one likes, from counts in buckets.
 *
 * Source: S. R. Howard & A. Ramdas, "Sequential estimation of quantiles with applications to A/B testing" (1906.09712),
 * Theorem 5. Needs values that are independent and of one distribution per sample over the whole time. Where latencies
 * drift while the weights change, both samples have other mixtures of early and late, and equal versions differ
 * (test/simulation/latencies.test.ts): rollouts count exceedances within blocks instead (docs/adr/0011).
 */
import assert from 'node:assert/strict';
import { betaBinomialWidth, logBetaBinomialMixture } from './mixtures.ts';

export interface QuantileQuery {
  /** In (0, 1). */
  readonly quantile: number;
  /** Counts per bucket of the two samples, with the same edges. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** The size of a sample at which the test is the sharpest. */
  readonly optimalCount: number;
}

/** The mixture is tuned for this error probability; the p-value holds for every one. */
const TUNED_ALPHA = 0.05;

/**
 * min(1, exp(-min over x of (G_a(x) + G_b(x)))), where G(x) is the evidence that x is not the
 * q-quantile: the two-sided beta-binomial mixture of n F(x) successes in n trials of probability q. Within a bucket F
 * lies between its values at the edges; the one with the least evidence is taken, so that buckets can only make the
 * p-value larger. 1 where a sample is empty.
 */
export function quantileTestPValue({ quantile, a, b, optimalCount }: QuantileQuery): number {
  assert(quantile > 0 && quantile < 1, `a quantile lies between 0 and 1, not at ${quantile}`);
  assert(
    a.length === b.length && optimalCount > 0,
    'both samples have the same buckets, and there is a size to tune for',
  );
  const least = againstEach({ quantile, counts: a, optimalCount });
  const other = againstEach({ quantile, counts: b, optimalCount });
  const sums = least.map((evidence, bucket) => evidence + (other[bucket] ?? 0));
  return sums.length === 0 ? 1 : Math.min(1, Math.exp(-Math.min(...sums)));
}

/** For each bucket, the least evidence that the quantile is not in it. */
function againstEach({
  quantile,
  counts,
  optimalCount,
}: {
  readonly quantile: number;
  readonly counts: readonly number[];
  readonly optimalCount: number;
}): readonly number[] {
  const [p, rest] = [quantile, 1 - quantile];
  const trials = counts.reduce((sum, count) => sum + count, 0);
  const r = betaBinomialWidth({ trials: optimalCount, alpha: TUNED_ALPHA, variance: p * rest });
  const evidence = (successes: number): number => logBetaBinomialMixture({ successes, trials, p, rest, r });
  const bottom = leastPoint(evidence, { from: 0, to: trials });
  let below = 0;
  return counts.map((count) => {
    const before = below;
    below += count;
    return evidence(Math.min(Math.max(bottom, before), below));
  });
}

/** Where a convex function is the least, by cutting off thirds: to 1e-9 of the range. */
function leastPoint(
  convex: (x: number) => number,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 52; step += 1) {
    const third = (high - low) / 3;
    if (convex(low + third) <= convex(high - third)) high -= third;
    else low += third;
  }
  return (low + high) / 2;
}
