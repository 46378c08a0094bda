/** The last while in slots of time: the candidate's own numbers, for guardrails, and the calls of both, for budgets. */
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

/** Calls of both arms. */
export interface RateSlot {
  /** Epoch ms of its begin. */
  readonly at: number;
  readonly calls: number;
}

const SLOT_MS = 10_000;
/** Slots that are older are added up to minutes, so that an hour has 120 slots at most. */
const FINE_MS = 600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const RATE_MS = 30_000;
const MIN_SLOTS = 3;
const NONE: RecentTotals = { calls: 0, ok: 0, request: NO_VALUES, compute: NO_VALUES };

export function addToWindow(
  slots: readonly RecentSlot[],
  { calls, ok, request, runCompute: compute }: Pick<ArmTotals, 'calls' | 'ok' | 'request' | 'runCompute'>,
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): readonly RecentSlot[] {
  const at = startOf(now, SLOT_MS);
  const kept = slots.filter((slot) => slot.at > now - windowMs - MINUTE_MS);
  if (calls === 0) return kept;
  const last = kept.at(-1);
  if (last?.at === at) return [...kept.slice(0, -1), { at, ...add(last, { calls, ok, request, compute }) }];
  return coarsen([...kept, { at, calls, ok, request, compute }], now);
}

function coarsen(slots: readonly RecentSlot[], now: number): readonly RecentSlot[] {
  const coarse: RecentSlot[] = [];
  for (const slot of slots) {
    const at = slot.at < now - FINE_MS ? startOf(slot.at, MINUTE_MS) : slot.at;
    const last = coarse.at(-1);
    if (last?.at === at) coarse[coarse.length - 1] = { at, ...add(last, slot) };
    else coarse.push({ ...slot, at });
  }
  return coarse;
}

function startOf(instant: number, lengthMs: number): number {
  return Math.floor(instant / lengthMs) * lengthMs;
}

/** Of all slots that reach into the window. */
export function recentTotals(
  slots: readonly RecentSlot[],
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): RecentTotals {
  const from = now - windowMs;
  return slots.filter(({ at }) => at + (at < now - FINE_MS ? MINUTE_MS : SLOT_MS) > from).reduce(add, NONE);
}

function add(a: RecentTotals, b: RecentTotals): RecentTotals {
  return {
    calls: a.calls + b.calls,
    ok: a.ok + b.ok,
    request: addHistograms(a.request, b.request),
    compute: addHistograms(a.compute, b.compute),
  };
}

/** By the second, of the last half minute, or longer ago where calls are few. */
export function addToRate(slots: readonly RateSlot[], calls: number, now: number): readonly RateSlot[] {
  const at = startOf(now, SECOND_MS);
  const kept = slots.filter((slot, index) => slot.at > now - RATE_MS || index >= slots.length - MIN_SLOTS);
  const last = kept.at(-1);
  if (last?.at === at) return [...kept.slice(0, -1), { at, calls: last.calls + calls }];
  return [...kept, { at, calls }];
}

/** Of the busiest second that is known; undefined while too few are, the first of which may not be whole. */
export function busiestSecond(slots: readonly RateSlot[]): number | undefined {
  return slots.length < MIN_SLOTS ? undefined : Math.max(...slots.map(({ calls }) => calls));
}
