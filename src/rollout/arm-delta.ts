/** What a serve process's row says that its row before did not: rows are cumulative per epoch and arm. */
import type { ArmTotals } from '../monitor/arm-totals.ts';
import { histogramReached, NO_VALUES, subtractHistograms } from '../monitor/series.ts';

/** The newest cumulative row of one arm in one epoch, of one life of one serve process. */
export interface ArmRow {
  readonly instance: string;
  readonly boot: string;
  readonly epoch: number;
  /** The version: arms of a rollout are named so. */
  readonly arm: string;
  readonly totals: ArmTotals;
}

/** Counts are what is new. Sets of slots are whole: what is new in them is found against all that ever failed. */
export type ArmDelta = ArmTotals;

export const NOTHING_NEW: ArmDelta = {
  calls: 0,
  ok: 0,
  faults: 0,
  overloads: 0,
  keylessFaults: 0,
  keylessOverloads: 0,
  faultSlots: [],
  overloadSlots: [],
  faultsInARow: 0,
  longestRow: 0,
  parts: [],
  request: NO_VALUES,
  runRequest: NO_VALUES,
  runCompute: NO_VALUES,
  pairRequest: NO_VALUES,
  pairCompute: NO_VALUES,
  drawnRequest: NO_VALUES,
  drawnCompute: NO_VALUES,
};

/** NOTHING_NEW where the row is repeated, went backwards, or is empty. */
export function armDelta(now: ArmTotals, before: ArmTotals | undefined): ArmDelta {
  if (!hasGrown(now, before ?? NOTHING_NEW)) return NOTHING_NEW;
  if (before === undefined) return now;
  return {
    ...now,
    calls: now.calls - before.calls,
    ok: now.ok - before.ok,
    faults: now.faults - before.faults,
    overloads: now.overloads - before.overloads,
    keylessFaults: now.keylessFaults - before.keylessFaults,
    keylessOverloads: now.keylessOverloads - before.keylessOverloads,
    request: subtractHistograms(now.request, before.request),
    runRequest: subtractHistograms(now.runRequest, before.runRequest),
    runCompute: subtractHistograms(now.runCompute, before.runCompute),
    pairRequest: subtractHistograms(now.pairRequest, before.pairRequest),
    pairCompute: subtractHistograms(now.pairCompute, before.pairCompute),
    drawnRequest: subtractHistograms(now.drawnRequest, before.drawnRequest),
    drawnCompute: subtractHistograms(now.drawnCompute, before.drawnCompute),
  };
}

const COUNTS = ['calls', 'ok', 'faults', 'overloads', 'keylessFaults', 'keylessOverloads', 'longestRow'] as const;
const HISTOGRAMS = [
  'request',
  'runRequest',
  'runCompute',
  'pairRequest',
  'pairCompute',
  'drawnRequest',
  'drawnCompute',
] as const;

/** No count is less than before, and there are more calls or pairs: a pair may be told of when neither call is new. */
function hasGrown(now: ArmTotals, before: ArmTotals): boolean {
  const isLess =
    COUNTS.some((name) => now[name] < before[name]) ||
    HISTOGRAMS.some((name) => !histogramReached(now[name], before[name]));
  const isMore = now.calls > before.calls || HISTOGRAMS.some((name) => now[name].count > before[name].count);
  return isMore && !isLess;
}
