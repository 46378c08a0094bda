/** A window of statistics piece by piece: what lines over time and a map of latencies are drawn from. */
import { BUCKETS_PER_OCTAVE, bucketEdge } from '../monitor/histogram.ts';
import { addTotals } from '../monitor/series.ts';
import type { HistogramTotals } from '../monitor/series.ts';
import { countsOf, latencyOf } from './stats-numbers.ts';
import type { LatencyView } from './stats-numbers.ts';
import type { SlotTotals } from './statistics.ts';

/** Message StatsSlot of monitor.proto. */
export interface SlotView {
  /** Epoch ms. */
  readonly from: number;
  readonly seconds: number;
  readonly total: number;
  readonly ok: number;
  readonly latency: LatencyView;
  readonly buckets: readonly { readonly toMs: number; readonly count: number }[];
}

/** Buckets of the histograms that one bucket of the view takes together: half an octave. */
const MERGED = BUCKETS_PER_OCTAVE / 2;

/** The oldest first; slots of different versions that begin together are one. */
export function slotViews(slots: readonly SlotTotals[]): readonly SlotView[] {
  const merged = new Map<number, SlotTotals>();
  for (const slot of slots) {
    const there = merged.get(slot.at);
    merged.set(slot.at, there === undefined ? slot : { ...slot, totals: addTotals(there.totals, slot.totals) });
  }
  return [...merged.values()].toSorted((a, b) => a.at - b.at).map(viewOf);
}

function viewOf({ at, widthMs, totals }: SlotTotals): SlotView {
  const { total, ok } = countsOf(totals);
  const { ok: seconds } = totals.requests;
  return { from: at, seconds: widthMs / 1000, total, ok, latency: latencyOf(seconds), buckets: bucketsOf(seconds) };
}

function bucketsOf(seconds: HistogramTotals | undefined): SlotView['buckets'] {
  const counts = new Map<number, number>();
  for (const [index, count] of seconds?.counts.entries() ?? []) {
    const half = Math.floor(((seconds?.offset ?? 0) + index) / MERGED) + 1;
    if (count > 0) counts.set(half, (counts.get(half) ?? 0) + count);
  }
  return [...counts].map(([half, count]) => ({ toMs: bucketEdge(half * MERGED) * 1000, count }));
}
