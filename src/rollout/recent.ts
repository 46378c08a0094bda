/** The candidate's own numbers of the last while, in slots of 10 s: what guardrails look at. */
import type { ArmTotals } from '../monitor/arm-totals.ts';
import { addHistograms, NO_VALUES } from '../monitor/series.ts';
import type { HistogramTotals } from '../monitor/series.ts';

export interface RecentSlot {
  /** Epoch ms of its begin. */
  readonly at: number;
  readonly calls: number;
  readonly ok: number;
  readonly request: HistogramTotals;
  readonly compute: HistogramTotals;
}

export type RecentTotals = Omit<RecentSlot, 'at'>;

const SLOT_MS = 10_000;
const NONE: RecentTotals = { calls: 0, ok: 0, request: NO_VALUES, compute: NO_VALUES };

export function addToWindow(
  slots: readonly RecentSlot[],
  delta: Pick<ArmTotals, 'calls' | 'ok' | 'request' | 'runCompute'>,
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): readonly RecentSlot[] {
  const at = Math.floor(now / SLOT_MS) * SLOT_MS;
  const kept = slots.filter((slot) => slot.at > now - windowMs - SLOT_MS);
  if (delta.calls === 0) return kept;
  const { calls, ok, request, runCompute: compute } = delta;
  const last = kept.at(-1);
  if (last?.at !== at) return [...kept, { at, calls, ok, request, compute }];
  return [...kept.slice(0, -1), { at, ...add(last, { calls, ok, request, compute }) }];
}

/** Of the slots that begin in the window, and of the one that it begins in. */
export function recentTotals(
  slots: readonly RecentSlot[],
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): RecentTotals {
  return slots.filter(({ at }) => at > now - windowMs - SLOT_MS).reduce(add, NONE);
}

function add(a: RecentTotals, b: RecentTotals): RecentTotals {
  return {
    calls: a.calls + b.calls,
    ok: a.ok + b.ok,
    request: addHistograms(a.request, b.request),
    compute: addHistograms(a.compute, b.compute),
  };
}
