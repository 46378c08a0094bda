/**
 * What was counted about one version in one role, as plain data: it adds up and subtracts exactly.
 *
 * Totals are cumulative: a later one contains the earlier. The difference of two is what was counted in between, so
 * that a report that is lost, repeated or late loses and doubles nothing.
 */
import assert from 'node:assert/strict';
import { ERROR_CODES } from '../domain/errors.ts';
import type { Outcome } from '../domain/tracing.ts';
import { bucketEdge, BUCKETS_PER_OCTAVE, SECONDS } from './histogram.ts';
import type { Histogram } from './histogram.ts';

/** Calls whose answers reach their callers, and copies of calls whose answers reach nobody. */
export const ROLES = ['live', 'shadow'] as const;
export type Role = (typeof ROLES)[number];

export const REFUSAL_REASONS = ['queue_rows', 'queue_bytes', 'deadline', 'draining'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export const OUTCOMES: readonly Outcome[] = ['ok', ...ERROR_CODES];

export interface HistogramTotals {
  readonly count: number;
  readonly sum: number;
  /** 0 while count is 0, like max. */
  readonly min: number;
  readonly max: number;
  /** counts[i] counts (2^((offset+i)/8), 2^((offset+i+1)/8)], the lowest of a range also what lies below it. */
  readonly offset: number;
  readonly counts: readonly number[];
}

/** Durations in seconds. */
export interface SeriesTotals {
  /** By what became of them; an outcome that never was is not here. */
  readonly requests: Readonly<Partial<Record<Outcome, HistogramTotals>>>;
  /** Per request that was dispatched. */
  readonly queue: HistogramTotals;
  /** Per run. */
  readonly compute: HistogramTotals;
  readonly hop: HistogramTotals;
  readonly batchRows: HistogramTotals;
  readonly rows: number;
  readonly refused: Readonly<Record<RefusalReason, number>>;
  readonly expired: number;
  readonly cancelled: number;
  readonly reruns: number;
  readonly dropped: number;
}

export const HISTOGRAMS = ['queue', 'compute', 'hop', 'batchRows'] as const;
export const COUNTERS = ['rows', 'expired', 'cancelled', 'reruns', 'dropped'] as const;

export const NO_VALUES: HistogramTotals = { count: 0, sum: 0, min: 0, max: 0, offset: 0, counts: [] };
const LOWEST_OF_SECONDS = SECONDS.lowExponent * BUCKETS_PER_OCTAVE;

export function histogramTotals(histogram: Histogram): HistogramTotals {
  const { count, sum, min, max } = histogram;
  if (count === 0) return NO_VALUES;
  const { offset, bucketCounts } = histogram.toExponential();
  return { count, sum, min, max, offset, counts: bucketCounts };
}

export function emptyTotals(): SeriesTotals {
  return {
    requests: {},
    queue: NO_VALUES,
    compute: NO_VALUES,
    hop: NO_VALUES,
    batchRows: NO_VALUES,
    rows: 0,
    refused: { queue_rows: 0, queue_bytes: 0, deadline: 0, draining: 0 },
    expired: 0,
    cancelled: 0,
    reruns: 0,
    dropped: 0,
  };
}

/** As if everything had been recorded in one. */
export function addTotals(a: SeriesTotals, b: SeriesTotals): SeriesTotals {
  return combine(a, b, addHistograms, (x, y) => x + y);
}

/** What was recorded between the two; `later` must have reached `earlier` (see hasReached). */
export function subtractTotals(later: SeriesTotals, earlier: SeriesTotals): SeriesTotals {
  return combine(later, earlier, subtractHistograms, (x, y) => x - y);
}

/** No count is less than in the earlier one: what holds for cumulative totals of one series, one after the other. */
export function hasReached(later: SeriesTotals, earlier: SeriesTotals): boolean {
  return (
    OUTCOMES.every((outcome) => histogramReached(later.requests[outcome], earlier.requests[outcome])) &&
    HISTOGRAMS.every((name) => histogramReached(later[name], earlier[name])) &&
    REFUSAL_REASONS.every((reason) => later.refused[reason] >= earlier.refused[reason]) &&
    COUNTERS.every((name) => later[name] >= earlier[name])
  );
}

/** The value of rank ceil(p × count), by the rule of Histogram.quantile. NaN when there is none. */
export function quantileOf({ count, min, max, offset, counts }: HistogramTotals, p: number): number {
  assert(p >= 0 && p <= 1, 'a quantile lies between 0 and 1');
  if (count === 0) return NaN;
  if (p === 0) return min;
  if (p === 1) return max;
  const rank = Math.max(1, Math.ceil(p * count));
  let below = 0;
  let bucket = 0;
  for (; bucket < counts.length - 1; bucket++) {
    below += counts[bucket] ?? 0;
    if (below >= rank) break;
  }
  const lower = bucketEdge(offset + bucket);
  const upper = bucketEdge(offset + bucket + 1);
  const middle = (2 * lower * upper) / (lower + upper);
  return Math.min(Math.max(middle, min), max);
}

function combine(
  a: SeriesTotals,
  b: SeriesTotals,
  histograms: (a: HistogramTotals, b: HistogramTotals) => HistogramTotals,
  numbers: (a: number, b: number) => number,
): SeriesTotals {
  const requests: Partial<Record<Outcome, HistogramTotals>> = {};
  for (const outcome of OUTCOMES) {
    const combined = histograms(a.requests[outcome] ?? NO_VALUES, b.requests[outcome] ?? NO_VALUES);
    if (combined.count > 0) requests[outcome] = combined;
  }
  const refused = { queue_rows: 0, queue_bytes: 0, deadline: 0, draining: 0 };
  for (const reason of REFUSAL_REASONS) refused[reason] = numbers(a.refused[reason], b.refused[reason]);
  return {
    requests,
    queue: histograms(a.queue, b.queue),
    compute: histograms(a.compute, b.compute),
    hop: histograms(a.hop, b.hop),
    batchRows: histograms(a.batchRows, b.batchRows),
    rows: numbers(a.rows, b.rows),
    refused,
    expired: numbers(a.expired, b.expired),
    cancelled: numbers(a.cancelled, b.cancelled),
    reruns: numbers(a.reruns, b.reruns),
    dropped: numbers(a.dropped, b.dropped),
  };
}

export function addHistograms(a: HistogramTotals, b: HistogramTotals): HistogramTotals {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const offset = Math.min(a.offset, b.offset);
  const end = Math.max(a.offset + a.counts.length, b.offset + b.counts.length);
  const counts = Array.from({ length: end - offset }, (_, i) => countAt(a, offset + i) + countAt(b, offset + i));
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    offset,
    counts,
  };
}

/**
 * A new extreme was recorded in between, so it is known. Otherwise the extremes of the difference are no better known
 * than by its outermost buckets.
 */
export function subtractHistograms(later: HistogramTotals, earlier: HistogramTotals): HistogramTotals {
  if (earlier.count === 0) return later;
  const counts = later.counts.map((count, i) => count - countAt(earlier, later.offset + i));
  const first = counts.findIndex((count) => count > 0);
  if (first === -1) return NO_VALUES;
  const end = counts.findLastIndex((count) => count > 0) + 1;
  const offset = later.offset + first;
  const lower = offset === LOWEST_OF_SECONDS ? 0 : bucketEdge(offset);
  const upper = bucketEdge(later.offset + end);
  return {
    count: later.count - earlier.count,
    // The parts of a sum may have been added in another order: it may be less by its last bits.
    sum: Math.max(0, later.sum - earlier.sum),
    min: later.min < earlier.min ? later.min : Math.max(later.min, lower),
    max: later.max > earlier.max ? later.max : Math.min(later.max, upper),
    offset,
    counts: counts.slice(first, end),
  };
}

export function histogramReached(later: HistogramTotals = NO_VALUES, earlier: HistogramTotals = NO_VALUES): boolean {
  return earlier.counts.every((count, i) => countAt(later, earlier.offset + i) >= count);
}

function countAt({ offset, counts }: HistogramTotals, index: number): number {
  return counts[index - offset] ?? 0;
}
