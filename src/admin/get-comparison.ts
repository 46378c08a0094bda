/** How a shadow's answers differ from those that callers got, with what can be said about it at any time. */
import type { ComparisonTotals } from '../domain/comparison.ts';
import { bernoulliInterval } from '../stats/bernoulli-bounds.ts';
import { anytimeHalfWidth } from '../stats/mean-sequence.ts';
import { findPair } from './shadow-pairs.ts';
import type { ComparedVersions, ShadowContext, ShadowQuery } from './shadow-pairs.ts';

export interface ComparisonView extends ComparedVersions {
  readonly model: string;
  /** Share of the pairs, with bounds; 0..1 while there are none. */
  readonly disagreement: number;
  readonly disagreementLower: number;
  readonly disagreementUpper: number;
  /** Of the pairs' runs; undefined before the second. */
  readonly latency: PairedLatency | undefined;
}

export interface PairedLatency {
  readonly pairs: number;
  readonly liveMeanMs: number;
  readonly shadowMeanMs: number;
  /** Of shadow - live. */
  readonly meanDifferenceMs: number;
  readonly lowerMs: number;
  readonly upperMs: number;
  readonly shadowSlowerShare: number;
}

/** Of the intervals, which hold at all times at once; see docs of src/stats. */
const ALPHA = 0.05;
/** Pairs at which they are tightest. */
const OPTIMAL_PAIRS = 1000;

export async function getComparison(context: ShadowContext, query: ShadowQuery): Promise<ComparisonView> {
  const pair = await findPair(context, query);
  const { pairs, disagreed } = pair.totals;
  const counts = { successes: disagreed, trials: pairs };
  const { lower, upper } = bernoulliInterval({ ...counts, alpha: ALPHA, optimalTrials: OPTIMAL_PAIRS });
  return {
    ...pair,
    model: query.model,
    disagreement: pairs === 0 ? 0 : disagreed / pairs,
    disagreementLower: lower,
    disagreementUpper: upper,
    latency: latencyOf(pair.totals),
  };
}

function latencyOf(totals: ComparisonTotals): PairedLatency | undefined {
  const { pairs, liveMs, shadowMs, differenceMs, differenceMsSquared, shadowSlower } = totals;
  if (pairs < 2) return undefined;
  const mean = differenceMs / pairs;
  // Rounding may leave a little less than nothing where all differences are equal.
  const variance = Math.max(0, differenceMsSquared - pairs * mean ** 2) / (pairs - 1);
  const standardError = Math.sqrt(variance / pairs);
  const half = anytimeHalfWidth({ standardError, count: pairs, alpha: ALPHA, optimalCount: OPTIMAL_PAIRS });
  return {
    pairs,
    liveMeanMs: liveMs / pairs,
    shadowMeanMs: shadowMs / pairs,
    meanDifferenceMs: mean,
    lowerMs: mean - half,
    upperMs: mean + half,
    shadowSlowerShare: shadowSlower / pairs,
  };
}
