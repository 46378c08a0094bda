/** Comparisons as totals that add up: over pairs, and over the processes that compared. */
import type { ComparisonTotals, OutputTotals, PairTotals } from '../domain/comparison.ts';

export const NO_PAIRS: PairTotals = { pairs: 0, disagreed: 0, outputs: {} };

export const NONE_SKIPPED = { dropped: 0, live_failed: 0, too_large: 0, over_budget: 0 };

/** @param since epoch ms. */
export function emptyComparison(since: number): ComparisonTotals {
  return {
    ...NO_PAIRS,
    since,
    shadowErrors: {},
    skipped: { ...NONE_SKIPPED },
    noise: NO_PAIRS,
    liveMs: 0,
    shadowMs: 0,
    differenceMs: 0,
    differenceMsSquared: 0,
    shadowSlower: 0,
  };
}

/** As if all pairs had been compared in one place; none = zeros, begun at 0. */
export function mergeComparisons(rows: readonly ComparisonTotals[]): ComparisonTotals {
  const since = rows.reduce((least, row) => Math.min(least, row.since), Infinity);
  return rows.reduce(add, emptyComparison(since === Infinity ? 0 : since));
}

function add(a: ComparisonTotals, b: ComparisonTotals): ComparisonTotals {
  return {
    ...mergePairTotals(a, b),
    since: Math.min(a.since, b.since),
    shadowErrors: addCounts(a.shadowErrors, b.shadowErrors),
    skipped: {
      dropped: a.skipped.dropped + b.skipped.dropped,
      live_failed: a.skipped.live_failed + b.skipped.live_failed,
      too_large: a.skipped.too_large + b.skipped.too_large,
      over_budget: a.skipped.over_budget + b.skipped.over_budget,
    },
    noise: mergePairTotals(a.noise, b.noise),
    liveMs: a.liveMs + b.liveMs,
    shadowMs: a.shadowMs + b.shadowMs,
    differenceMs: a.differenceMs + b.differenceMs,
    differenceMsSquared: a.differenceMsSquared + b.differenceMsSquared,
    shadowSlower: a.shadowSlower + b.shadowSlower,
  };
}

export function mergePairTotals(a: PairTotals, b: PairTotals): PairTotals {
  // Names are a model's own: "constructor" is one like any other.
  const outputs = new Map(Object.entries(a.outputs));
  for (const [name, totals] of Object.entries(b.outputs)) {
    const before = outputs.get(name);
    outputs.set(name, before === undefined ? totals : addOutput(before, totals));
  }
  return { pairs: a.pairs + b.pairs, disagreed: a.disagreed + b.disagreed, outputs: Object.fromEntries(outputs) };
}

/** The tolerance is that of the newer pairs: it is a setting, and may have changed in between. */
function addOutput(a: OutputTotals, b: OutputTotals): OutputTotals {
  return {
    kind: b.kind,
    pairs: a.pairs + b.pairs,
    disagreed: a.disagreed + b.disagreed,
    elements: a.elements + b.elements,
    elementsBeyond: a.elementsBeyond + b.elementsBeyond,
    maxAbsolute: Math.max(a.maxAbsolute, b.maxAbsolute),
    sumAbsolute: finite(a.sumAbsolute + b.sumAbsolute),
    maxRelative: Math.max(a.maxRelative, b.maxRelative),
    sumRelative: a.sumRelative + b.sumRelative,
    rows: a.rows + b.rows,
    argmaxAgreed: a.argmaxAgreed + b.argmaxAgreed,
    topKOverlapSum: a.topKOverlapSum + b.topKOverlapSum,
    topK: Math.max(a.topK, b.topK),
    equalElements: a.equalElements + b.equalElements,
    shapeDifferences: a.shapeDifferences + b.shapeDifferences,
    nanDifferences: a.nanDifferences + b.nanDifferences,
    tolerance: b.tolerance,
  };
}

export function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...a };
  for (const [key, count] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

/** JSON knows no infinity. */
function finite(value: number): number {
  return Math.min(value, Number.MAX_VALUE);
}
