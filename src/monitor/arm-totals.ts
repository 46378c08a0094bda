/**
 * What was counted of the calls that a slot sent to one arm in one epoch, as plain cumulative data.
 *
 * Only what chance decided is here: calls that named their version, or that a rule sent, prove nothing about arms. A
 * call's keys decide its slot, so all calls of one key share an arm, and their faults are no independent evidence: of
 * calls with a key the slots that ever failed are kept, of calls without one the failures are counted. For the same
 * reason latencies of a key are evidence of its first call alone, in epochs that drew anew which arm it gets.
 */
import type { HistogramTotals } from './series.ts';

export interface ArmTotals {
  /** Calls that ended, and those that were answered well. Callers' mistakes and cancellations are in neither. */
  readonly calls: number;
  readonly ok: number;
  /** Answered with a server fault: internal, unavailable, data_loss, unimplemented; repeated ones of a key included. */
  readonly faults: number;
  /** resource_exhausted and deadline_exceeded. */
  readonly overloads: number;
  /** Of those, calls without a routing key: each is a unit of its own. */
  readonly keylessFaults: number;
  readonly keylessOverloads: number;
  /** Slots with at least one fault (overload) of a call with a key, ascending. */
  readonly faultSlots: readonly number[];
  readonly overloadSlots: readonly number[];
  /** Faults since the last call that was none, and the longest such row. */
  readonly faultsInARow: number;
  readonly longestRow: number;
  /** Of `calls`, those of each part of the slots (SLOT_PARTS of them); empty before the first. */
  readonly parts: readonly number[];
  /** Of the calls that were answered well, in seconds: the whole request. */
  readonly request: HistogramTotals;
  /** One per run: of its oldest call the whole request, and the run's compute time. */
  readonly runRequest: HistogramTotals;
  readonly runCompute: HistogramTotals;
  /** Of the calls that are compared, see neighbours.ts: the whole request, and their runs' compute time. */
  readonly pairRequest: HistogramTotals;
  readonly pairCompute: HistogramTotals;
  /** The same for pairs of calls of which chance decided in this epoch and for the first time. */
  readonly drawnRequest: HistogramTotals;
  readonly drawnCompute: HistogramTotals;
}
