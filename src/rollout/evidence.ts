/**
 * What a rollout has seen so far: sums of both arms, and the evidence that the candidate is worse. Plain data, stored
 * as JSON.
 *
 * Serve processes report cumulative rows per epoch and arm. The difference to what was taken of a row before is a
 * block. Its errors are weighed by the weights that were in force, which chance decided by; its latencies are held
 * against each other in pairs of neighbours: bursts and drift of load are the same for both arms.
 *
 * As JSON it has at most about 0.8 MB: 256 rows of 2 kB, two sets of 10,000 slots, 120 slots of the last hour of
 * 0.8 kB each; of one serve process it is about 10 kB.
 */
import type { LatencyMetric } from '../domain/strategy.ts';
import { LATENCY_METRICS } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { ArmTotals } from '../monitor/arm-totals.ts';
import { addHistograms, NO_VALUES } from '../monitor/series.ts';
import type { HistogramTotals } from '../monitor/series.ts';
import { addCounts, logEvidence, NO_COUNT_EVIDENCE } from '../stats/count-evidence.ts';
import type { CountEvidence } from '../stats/count-evidence.ts';
import { armDelta, NOTHING_NEW } from './arm-delta.ts';
import type { ArmDelta, ArmRow } from './arm-delta.ts';
import { freshFailures } from './fresh-failures.ts';
import { addRuns, NO_LATENCY_EVIDENCE } from './latency-evidence.ts';
import type { LatencyEvidence } from './latency-evidence.ts';
import { addToRate, addToWindow } from './recent.ts';
import type { RateSlot, RecentSlot } from './recent.ts';

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
  /** Of those failures, the ones that are news: of a routing key the first. */
  readonly comparedUnits: number;
}

/** An e-process with the largest that it ever was. */
interface Suspicion {
  readonly logs: CountEvidence;
  readonly mostLog: number;
}

export interface RolloutEvidence {
  /** The candidate's weight by epoch, ascending, in the order in which the rollout put them in force. */
  readonly epochs: readonly { readonly epoch: number; readonly weight: number }[];
  /** What was taken of each row, without its slots and parts. By "instance/boot/epoch/arm". */
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
  /** Calls of both arms, the newest last. */
  readonly rate: readonly RateSlot[];
  /** The candidate's longest row of faults on one serve process. */
  readonly longestRow: number;
}

/** Serve processes count for the last few epochs only; rows of older ones than these are not looked at. */
const MAX_EPOCHS = 20;
/** Rows that are remembered; then the oldest epochs are closed, and in the last one further processes do not count. */
const MAX_TAKEN = 256;
/** An arm with more than half of the traffic has the larger batches and is the first to be overloaded. */
const EVEN_WEIGHT = TOTAL_WEIGHT / 2;
const NO_SUMS: ArmSums = {
  calls: 0,
  ok: 0,
  faults: 0,
  overloads: 0,
  request: NO_VALUES,
  runCompute: NO_VALUES,
  comparedCalls: 0,
  comparedFailures: 0,
  comparedUnits: 0,
};

const NO_LATENCIES: Readonly<Record<LatencyMetric, LatencyEvidence>> = {
  compute_p50: NO_LATENCY_EVIDENCE,
  compute_p95: NO_LATENCY_EVIDENCE,
  compute_p99: NO_LATENCY_EVIDENCE,
  request_p50: NO_LATENCY_EVIDENCE,
  request_p95: NO_LATENCY_EVIDENCE,
  request_p99: NO_LATENCY_EVIDENCE,
};

export function noEvidence(): RolloutEvidence {
  return {
    epochs: [],
    taken: {},
    candidate: NO_SUMS,
    stable: NO_SUMS,
    faultSlots: [],
    overloadSlots: [],
    errors: { logs: NO_COUNT_EVIDENCE, mostLog: 0 },
    latencies: NO_LATENCIES,
    recent: [],
    rate: [],
    longestRow: 0,
  };
}

/**
 * From here on rows of this epoch count. One that is no newer than the last changes nothing.
 *
 * @param weight the candidate's in it.
 */
export function openEpoch(
  evidence: RolloutEvidence,
  { epoch, weight }: { readonly epoch: number; readonly weight: number },
): RolloutEvidence {
  const last = evidence.epochs.at(-1);
  if (last !== undefined && epoch <= last.epoch) return evidence;
  return withEpochs(evidence, [...evidence.epochs, { epoch, weight }].slice(-MAX_EPOCHS));
}

/** What was taken of the rows of other epochs is forgotten. */
function withEpochs(evidence: RolloutEvidence, epochs: RolloutEvidence['epochs']): RolloutEvidence {
  const open = new Set(epochs.map(({ epoch }) => epoch));
  const taken = Object.entries(evidence.taken).filter(([key]) => open.has(Number(key.split('/').at(-2))));
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
  // Rows of one serve process in one epoch belong together.
  const together = Map.groupBy(rows, ({ instance, boot, epoch }) => `${instance}/${boot}/${epoch}`);
  let taken = evidence;
  for (const [key, group] of together) taken = takeBlock(makeRoom(taken, key), { key, rows: group }, options);
  return taken;
}

/** Closes the oldest epochs until another two rows fit. */
function makeRoom(evidence: RolloutEvidence, key: string): RolloutEvidence {
  let room = evidence;
  while (!hasRoom(room, key) && room.epochs.length > 1) room = withEpochs(room, room.epochs.slice(1));
  return room;
}

function hasRoom({ taken }: RolloutEvidence, key: string): boolean {
  const keys = Object.keys(taken);
  return keys.length + 2 <= MAX_TAKEN || keys.some((known) => known.startsWith(`${key}/`));
}

interface Block {
  /** "instance/boot/epoch". */
  readonly key: string;
  readonly rows: readonly ArmRow[];
}

function takeBlock(evidence: RolloutEvidence, { key, rows }: Block, options: TakeOptions): RolloutEvidence {
  const weight = evidence.epochs.find(({ epoch }) => epoch === rows[0]?.epoch)?.weight;
  if (weight === undefined || !hasRoom(evidence, key)) return evidence;
  const keys = { candidate: `${key}/${options.candidate}`, stable: `${key}/${options.stable}` };
  const totalsOf = (arm: string): ArmTotals => rows.findLast((row) => row.arm === arm)?.totals ?? NOTHING_NEW;
  const candidate = armDelta(totalsOf(options.candidate), evidence.taken[keys.candidate]);
  const stable = armDelta(totalsOf(options.stable), evidence.taken[keys.stable]);
  if (candidate === NOTHING_NEW && stable === NOTHING_NEW) return evidence;
  const isCompared = weight > 0 && weight < TOTAL_WEIGHT;
  const isEven = isCompared && weight <= EVEN_WEIGHT;
  const fresh = freshFailures(evidence, { candidate, stable, withOverloads: isEven });
  const takenOf = (arm: string, delta: ArmDelta, key: string): ArmTotals =>
    delta === NOTHING_NEW ? (evidence.taken[key] ?? NOTHING_NEW) : withoutSlots(totalsOf(arm));
  return {
    ...evidence,
    taken: {
      ...evidence.taken,
      [keys.candidate]: takenOf(options.candidate, candidate, keys.candidate),
      [keys.stable]: takenOf(options.stable, stable, keys.stable),
    },
    candidate: addSums(evidence.candidate, candidate, { isCompared, isEven, units: fresh.candidate }),
    stable: addSums(evidence.stable, stable, { isCompared, isEven, units: fresh.stable }),
    faultSlots: fresh.faultSlots,
    overloadSlots: fresh.overloadSlots,
    errors: suspect(evidence.errors, {
      candidate: fresh.candidate,
      baseline: fresh.stable,
      share: weight / TOTAL_WEIGHT,
      margin: 1,
    }),
    latencies: isEven ? addLatencies(evidence, { candidate, stable }, options) : evidence.latencies,
    recent: addToWindow(evidence.recent, candidate, options),
    rate: addToRate(evidence.rate, candidate.calls + stable.calls, options.now),
    longestRow: Math.max(evidence.longestRow, candidate.longestRow),
  };
}

/** Slots that failed are remembered once, for all rows; parts are for experiments. */
function withoutSlots(totals: ArmTotals): ArmTotals {
  return { ...totals, faultSlots: [], overloadSlots: [], parts: [] };
}

function addSums(
  sums: ArmSums,
  delta: ArmDelta,
  { isCompared, isEven, units }: { readonly isCompared: boolean; readonly isEven: boolean; readonly units: number },
): ArmSums {
  const failures = delta.faults + (isEven ? delta.overloads : 0);
  return {
    calls: sums.calls + delta.calls,
    ok: sums.ok + delta.ok,
    faults: sums.faults + delta.faults,
    overloads: sums.overloads + delta.overloads,
    request: addHistograms(sums.request, delta.request),
    runCompute: addHistograms(sums.runCompute, delta.runCompute),
    comparedCalls: sums.comparedCalls + (isCompared ? delta.calls : 0),
    comparedFailures: sums.comparedFailures + (isCompared ? failures : 0),
    comparedUnits: sums.comparedUnits + (isCompared ? units : 0),
  };
}

function suspect({ logs, mostLog }: Suspicion, block: Parameters<typeof addCounts>[1]): Suspicion {
  const next = addCounts(logs, block);
  return next === logs ? { logs, mostLog } : { logs: next, mostLog: Math.max(mostLog, logEvidence(next)) };
}

function addLatencies(
  { latencies }: RolloutEvidence,
  { candidate, stable }: { readonly candidate: ArmDelta; readonly stable: ArmDelta },
  { margins }: TakeOptions,
): RolloutEvidence['latencies'] {
  const next = { ...latencies };
  for (const metric of LATENCY_METRICS) {
    const margin = margins.get(metric);
    if (margin === undefined) continue;
    const [run, pair, drawn] = metric.startsWith('compute_')
      ? (['runCompute', 'pairCompute', 'drawnCompute'] as const)
      : (['runRequest', 'pairRequest', 'drawnRequest'] as const);
    next[metric] = addRuns(latencies[metric], {
      metric,
      margin,
      runs: { candidate: candidate[run], stable: stable[run] },
      pairs: { candidate: candidate[pair], stable: stable[pair] },
      drawn: { candidate: candidate[drawn], stable: stable[drawn] },
    });
  }
  return next;
}
