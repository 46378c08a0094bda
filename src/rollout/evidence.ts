/**
 * What a rollout has seen so far: sums of both arms, and the evidence that the candidate is worse. Plain data, stored as
 * JSON, below 256 kB.
 *
 * Serve processes report cumulative rows per epoch and arm. The difference to what was taken of a row before is a block.
 * Its errors are weighed by the weights that were in force, which chance decided by; its latencies by how many runs of
 * each arm it holds, which needs no more than that runs of one moment are alike: bursts and drift of load are the same
 * for both arms.
 */
import type { LatencyMetric } from '../domain/strategy.ts';
import { LATENCY_METRICS } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { ArmTotals } from '../monitor/arm-totals.ts';
import { addHistograms, histogramReached, NO_VALUES, subtractHistograms } from '../monitor/series.ts';
import type { HistogramTotals } from '../monitor/series.ts';
import { addCounts, logEvidence, NO_COUNT_EVIDENCE } from '../stats/count-evidence.ts';
import type { CountEvidence } from '../stats/count-evidence.ts';
import { addRuns, NO_LATENCY_EVIDENCE } from './latency-evidence.ts';
import type { LatencyEvidence } from './latency-evidence.ts';
import { addToWindow } from './recent.ts';
import type { RecentSlot } from './recent.ts';

/** The newest cumulative row of one arm in one epoch, of one life of one serve process. */
export interface ArmRow {
  readonly instance: string;
  readonly boot: string;
  readonly epoch: number;
  /** The version: arms of a rollout are named so. */
  readonly arm: string;
  readonly totals: ArmTotals;
}

export interface ArmSums {
  readonly calls: number;
  readonly ok: number;
  readonly faults: number;
  readonly overloads: number;
  readonly request: HistogramTotals;
  readonly runCompute: HistogramTotals;
  /** While both arms had traffic: calls, and failures of the kinds that count as evidence. */
  readonly comparedCalls: number;
  readonly comparedFailures: number;
}

/** An e-process with the largest that it ever was. */
export interface Suspicion {
  readonly logs: CountEvidence;
  readonly mostLog: number;
}

export interface RolloutEvidence {
  /** The candidate's weight by epoch, in the order in which the rollout put them in force. */
  readonly epochs: readonly { readonly epoch: number; readonly weight: number }[];
  /** What was taken already, by "instance/boot/epoch/arm". */
  readonly taken: Readonly<Record<string, ArmTotals>>;
  readonly candidate: ArmSums;
  readonly stable: ArmSums;
  /** Slots of routing keys that failed already: a key's further faults prove nothing new. */
  readonly faultSlots: readonly number[];
  readonly overloadSlots: readonly number[];
  readonly errors: Suspicion;
  readonly latencies: Readonly<Record<LatencyMetric, LatencyEvidence>>;
  /** Of the candidate, the newest last. */
  readonly recent: readonly RecentSlot[];
  /** The candidate's longest row of faults on one serve process. */
  readonly longestRow: number;
}

/** Rows of older epochs are not looked at any more, so what was taken of them need not be remembered. */
const MAX_EPOCHS = 20;
/** An arm with more than half of the traffic has the larger batches and is the first to be overloaded. */
export const EVEN_WEIGHT = TOTAL_WEIGHT / 2;

const NO_SUMS: ArmSums = {
  calls: 0,
  ok: 0,
  faults: 0,
  overloads: 0,
  request: NO_VALUES,
  runCompute: NO_VALUES,
  comparedCalls: 0,
  comparedFailures: 0,
};

export const NO_SUSPICION: Suspicion = { logs: NO_COUNT_EVIDENCE, mostLog: 0 };

export function noEvidence(): RolloutEvidence {
  const latencies = { ...NO_LATENCIES };
  return {
    epochs: [],
    taken: {},
    candidate: NO_SUMS,
    stable: NO_SUMS,
    faultSlots: [],
    overloadSlots: [],
    errors: NO_SUSPICION,
    latencies,
    recent: [],
    longestRow: 0,
  };
}

const NO_LATENCIES: Readonly<Record<LatencyMetric, LatencyEvidence>> = {
  compute_p50: NO_LATENCY_EVIDENCE,
  compute_p95: NO_LATENCY_EVIDENCE,
  compute_p99: NO_LATENCY_EVIDENCE,
  request_p50: NO_LATENCY_EVIDENCE,
  request_p95: NO_LATENCY_EVIDENCE,
  request_p99: NO_LATENCY_EVIDENCE,
};

/** From here on rows of this epoch count. @param weight the candidate's in it. */
export function openEpoch(
  evidence: RolloutEvidence,
  { epoch, weight }: { epoch: number; weight: number },
): RolloutEvidence {
  if (evidence.epochs.some((known) => known.epoch === epoch)) return evidence;
  const epochs = [...evidence.epochs, { epoch, weight }].slice(-MAX_EPOCHS);
  const open = new Set(epochs.map((known) => known.epoch));
  const taken = Object.entries(evidence.taken).filter(([key]) => open.has(epochOfKey(key)));
  return { ...evidence, epochs, taken: Object.fromEntries(taken) };
}

export interface TakeOptions {
  readonly candidate: string;
  readonly stable: string;
  /** The margin of each latency metric that is compared. */
  readonly margins: ReadonlyMap<LatencyMetric, number>;
  /** How far back the recent numbers of the candidate are wanted. */
  readonly windowMs: number;
  /** Epoch ms. */
  readonly now: number;
}

/** Takes what is new in these rows. A row that says no more than before, or went backwards, changes nothing. */
export function takeArms(evidence: RolloutEvidence, rows: readonly ArmRow[], options: TakeOptions): RolloutEvidence {
  let taken = evidence;
  for (const { rows: together, weight } of blocksOf(evidence, rows)) {
    taken = takeBlock(taken, together, weight, options);
  }
  return taken;
}

interface Block {
  readonly weight: number;
  readonly rows: readonly ArmRow[];
}

/** Rows of one serve process in one epoch belong together. */
function blocksOf({ epochs }: RolloutEvidence, rows: readonly ArmRow[]): readonly Block[] {
  const blocks = new Map<string, { weight: number; rows: ArmRow[] }>();
  for (const row of rows) {
    const weight = epochs.find(({ epoch }) => epoch === row.epoch)?.weight;
    if (weight === undefined) continue;
    const key = `${row.instance}/${row.boot}/${row.epoch}`;
    const block = blocks.get(key) ?? { weight, rows: [] };
    block.rows.push(row);
    blocks.set(key, block);
  }
  return [...blocks.values()];
}

function takeBlock(
  evidence: RolloutEvidence,
  rows: readonly ArmRow[],
  weight: number,
  options: TakeOptions,
): RolloutEvidence {
  const taken = { ...evidence.taken };
  const ofArm = (arm: string): Delta => {
    const row = rows.findLast((candidate) => candidate.arm === arm);
    if (row === undefined) return NOTHING;
    const key = `${row.instance}/${row.boot}/${row.epoch}/${row.arm}`;
    const before = taken[key];
    if (before !== undefined && !hasGrown(row.totals, before)) return NOTHING;
    // Slots that failed are remembered once, for all rows.
    taken[key] = { ...row.totals, faultSlots: [], overloadSlots: [] };
    return deltaOf(row.totals, before);
  };
  const candidate = ofArm(options.candidate);
  const stable = ofArm(options.stable);
  if (candidate === NOTHING && stable === NOTHING) return evidence;
  const isCompared = weight > 0 && weight < TOTAL_WEIGHT;
  const isEven = weight > 0 && weight <= EVEN_WEIGHT;
  const fresh = freshFailures(evidence, { candidate, stable }, isEven);
  const latencies = isEven ? addLatencies(evidence, { candidate, stable }, options) : evidence.latencies;
  return {
    ...evidence,
    taken,
    candidate: addSums(evidence.candidate, candidate, isCompared ? fresh.candidate : undefined),
    stable: addSums(evidence.stable, stable, isCompared ? fresh.stable : undefined),
    faultSlots: fresh.faultSlots,
    overloadSlots: fresh.overloadSlots,
    errors: suspect(evidence.errors, {
      candidate: fresh.candidate,
      baseline: fresh.stable,
      share: weight / TOTAL_WEIGHT,
      margin: 1,
    }),
    latencies,
    recent: addToWindow(evidence.recent, candidate, options),
    longestRow: Math.max(evidence.longestRow, candidate.longestRow),
  };
}

/** What one block adds to an arm; its sets of slots are whole. */
type Delta = ArmTotals;

const NOTHING: Delta = {
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
  request: NO_VALUES,
  runRequest: NO_VALUES,
  runCompute: NO_VALUES,
};

/** No count is less than before, and something is more. */
function hasGrown(now: ArmTotals, before: ArmTotals): boolean {
  const isLess =
    now.calls < before.calls ||
    now.ok < before.ok ||
    now.faults < before.faults ||
    now.overloads < before.overloads ||
    !histogramReached(now.request, before.request) ||
    !histogramReached(now.runRequest, before.runRequest) ||
    !histogramReached(now.runCompute, before.runCompute);
  return !isLess && (now.calls > before.calls || now.longestRow > before.longestRow);
}

/** Sets of slots are whole, not differences: what is new in them is found against all that ever failed. */
function deltaOf(now: ArmTotals, before: ArmTotals | undefined): Delta {
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
  };
}

interface Arms {
  readonly candidate: Delta;
  readonly stable: Delta;
}

interface Fresh {
  readonly candidate: number;
  readonly stable: number;
  readonly faultSlots: readonly number[];
  readonly overloadSlots: readonly number[];
}

/** Failures that are evidence: of keys each slot's first, of keyless calls all; overload only of an arm that is not the larger. */
function freshFailures(evidence: RolloutEvidence, { candidate, stable }: Arms, isEven: boolean): Fresh {
  const faults = new Set(evidence.faultSlots);
  const overloads = new Set(evidence.overloadSlots);
  const ofArm = (delta: Delta): number => {
    const keyed = countFresh(faults, delta.faultSlots);
    const keyedOverloads = isEven ? countFresh(overloads, delta.overloadSlots) : 0;
    return delta.keylessFaults + keyed + keyedOverloads + (isEven ? delta.keylessOverloads : 0);
  };
  const counts = { candidate: ofArm(candidate), stable: ofArm(stable) };
  return { ...counts, faultSlots: [...faults], overloadSlots: [...overloads] };
}

function countFresh(known: Set<number>, slots: readonly number[]): number {
  const before = known.size;
  for (const slot of slots) known.add(slot);
  return known.size - before;
}

function addSums(sums: ArmSums, delta: Delta, compared: number | undefined): ArmSums {
  return {
    calls: sums.calls + delta.calls,
    ok: sums.ok + delta.ok,
    faults: sums.faults + delta.faults,
    overloads: sums.overloads + delta.overloads,
    request: addHistograms(sums.request, delta.request),
    runCompute: addHistograms(sums.runCompute, delta.runCompute),
    comparedCalls: sums.comparedCalls + (compared === undefined ? 0 : delta.calls),
    comparedFailures: sums.comparedFailures + (compared ?? 0),
  };
}

export function suspect({ logs, mostLog }: Suspicion, block: Parameters<typeof addCounts>[1]): Suspicion {
  const next = addCounts(logs, block);
  return next === logs ? { logs, mostLog } : { logs: next, mostLog: Math.max(mostLog, logEvidence(next)) };
}

function addLatencies(
  { latencies }: RolloutEvidence,
  { candidate, stable }: Arms,
  { margins }: TakeOptions,
): RolloutEvidence['latencies'] {
  const next = { ...latencies };
  for (const metric of LATENCY_METRICS) {
    const margin = margins.get(metric);
    if (margin === undefined) continue;
    const of = metric.startsWith('compute_') ? 'runCompute' : 'runRequest';
    next[metric] = addRuns(latencies[metric], { candidate: candidate[of], stable: stable[of], metric, margin });
  }
  return next;
}

function epochOfKey(key: string): number {
  return Number(key.split('/').at(-2));
}
