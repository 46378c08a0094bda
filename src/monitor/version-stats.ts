/** Everything that is counted about one loaded version in one role, cumulative since it was opened. */
import type { CloseReason } from '../domain/close-reason.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Outcome } from '../domain/tracing.ts';
import { Histogram, ROWS } from './histogram.ts';
import { histogramTotals, REFUSAL_REASONS } from './series.ts';
import type { HistogramTotals, RefusalReason, Role, SeriesTotals } from './series.ts';

/** A run that gave answers. */
export interface BatchRecord {
  readonly rows: number;
  readonly computeMs: number;
  readonly hopMs: number;
  readonly closed: CloseReason;
}

/** What is now, read at export; the owner of the queue sets it. */
export interface VersionGauges {
  queueRows(): number;
  /** Rows that may wait. */
  queueLimitRows(): number;
  /** Requests accepted and not yet answered. */
  inFlight(): number;
}

export interface DurationStatistic {
  readonly count: number;
  readonly ns: number;
}

/**
 * KServe's ModelStatistics, with Triton's meanings. Queue and compute count dispatches: queue per request, compute per
 * run. computeInput is the hop to the lane and back; computeOutput takes no time of its own.
 */
export interface VersionStatistics {
  readonly model: string;
  readonly version: string;
  /** Rows that were run. */
  readonly inferenceCount: number;
  /** Runs. */
  readonly executionCount: number;
  /** Epoch milliseconds; 0 before the first run. */
  readonly lastInferenceMs: number;
  readonly success: DurationStatistic;
  readonly fail: DurationStatistic;
  readonly queue: DurationStatistic;
  readonly computeInput: DurationStatistic;
  readonly computeInfer: DurationStatistic;
  readonly computeOutput: DurationStatistic;
  /** Ascending by size. Sizes beyond the first MAX_BATCH_SIZES seen are in the totals only. */
  readonly batches: readonly { readonly batchSize: number; readonly infer: DurationStatistic }[];
}

/** Unbatched requests bring batches of any size, so the list of sizes needs an end. */
const MAX_BATCH_SIZES = 256;

const NO_GAUGES: VersionGauges = { queueRows: () => 0, queueLimitRows: () => 0, inFlight: () => 0 };

export interface VersionStatsOptions {
  readonly model: string;
  readonly version: string;
  readonly role?: Role;
  /** The wall clock. */
  readonly now?: () => number;
}

/**
 * Every request is told once with recordRequest, whatever became of it; recordRefusal, recordExpired and
 * recordCancelled add why. None of the record methods looks anything up by name or allocates (but for the first of its
 * kind).
 */
export class VersionStats {
  readonly model: string;
  readonly version: string;
  readonly role: Role;
  /** Epoch milliseconds: the start of every cumulative series. */
  readonly startedAtMs: number;
  readonly queue = new Histogram();
  readonly hop = new Histogram();
  readonly compute = new Histogram();
  readonly batchRows = new Histogram(ROWS);
  readonly closed: Readonly<Record<CloseReason, number>>;
  readonly refused: Readonly<Record<RefusalReason, number>>;
  gauges: VersionGauges = NO_GAUGES;

  readonly #now: () => number;
  readonly #ok = new Histogram();
  readonly #errors = new Map<ErrorCode, Histogram>();
  readonly #closed = { full: 0, idle: 0, delay: 0, shape: 0 };
  readonly #refused = { queue_rows: 0, queue_bytes: 0, deadline: 0, draining: 0 };
  readonly #batchSizes = new Map<number, { count: number; computeMs: number }>();
  #rows = 0;
  #reruns = 0;
  #expired = 0;
  #cancelled = 0;
  #dropped = 0;
  #pairs = 0;
  #disagreed = 0;
  #sampled = 0;
  #lastInferenceMs = 0;
  #onLate: (() => void) | undefined;

  constructor({ model, version, role = 'live', now = Date.now }: VersionStatsOptions) {
    this.model = model;
    this.version = version;
    this.role = role;
    this.#now = now;
    this.startedAtMs = now();
    this.closed = this.#closed;
    this.refused = this.#refused;
  }

  get reruns(): number {
    return this.#reruns;
  }

  get expired(): number {
    return this.#expired;
  }

  get cancelled(): number {
    return this.#cancelled;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Of a shadow: its answers that were compared with the live version's, and of those that differ. */
  get pairs(): number {
    return this.#pairs;
  }

  get disagreed(): number {
    return this.#disagreed;
  }

  /** Calls whose values were counted for drift. */
  get sampled(): number {
    return this.#sampled;
  }

  /** Grows with every record: when it is what it was, so is everything else. */
  get activity(): number {
    let sum = this.queue.count + this.compute.count + this.#ok.count;
    for (const histogram of this.#errors.values()) sum += histogram.count;
    for (const reason of REFUSAL_REASONS) sum += this.#refused[reason];
    return sum + this.#reruns + this.#expired + this.#cancelled + this.#dropped;
  }

  /** Durations of requests by what became of them, in seconds; `ok` is there from the start. */
  requests(): (readonly [Outcome, Histogram])[] {
    return [['ok', this.#ok], ...this.#errors];
  }

  recordPair(disagrees: boolean): void {
    this.#pairs += 1;
    if (disagrees) this.#disagreed += 1;
  }

  recordSampled(): void {
    this.#sampled += 1;
  }

  recordRequest(outcome: Outcome, totalMs: number): void {
    if (outcome === 'ok') this.#ok.record(totalMs / 1000);
    else this.#errorHistogram(outcome).record(totalMs / 1000);
    this.#onLate?.();
  }

  /** From acceptance to dispatch, once per request that was dispatched. */
  recordQueue(ms: number): void {
    this.queue.record(ms / 1000);
    this.#onLate?.();
  }

  recordBatch({ rows, computeMs, hopMs, closed }: BatchRecord): void {
    this.batchRows.record(rows);
    this.hop.record(hopMs / 1000);
    this.compute.record(computeMs / 1000);
    this.#closed[closed] += 1;
    this.#rows += rows;
    this.#lastInferenceMs = this.#now();
    const size = this.#batchSizes.get(rows);
    if (size !== undefined) {
      size.count += 1;
      size.computeMs += computeMs;
    } else if (this.#batchSizes.size < MAX_BATCH_SIZES) {
      this.#batchSizes.set(rows, { count: 1, computeMs });
    }
    this.#onLate?.();
  }

  recordRefusal(reason: RefusalReason): void {
    this.#refused[reason] += 1;
    this.#onLate?.();
  }

  /** A member of a failed batch is run again alone. */
  recordRerun(): void {
    this.#reruns += 1;
    this.#onLate?.();
  }

  /** A request left the queue since its deadline had passed. */
  recordExpired(): void {
    this.#expired += 1;
    this.#onLate?.();
  }

  /** A request left the queue since its caller had gone. */
  recordCancelled(): void {
    this.#cancelled += 1;
    this.#onLate?.();
  }

  /** A copy for this version as a shadow was dropped before it ran. */
  recordDropped(): void {
    this.#dropped += 1;
    this.#onLate?.();
  }

  /** The version is closed: `onLate` is called after each record of a request that outlived it. */
  retire(onLate: () => void): void {
    this.#onLate = onLate;
  }

  totals(): SeriesTotals {
    const requests: Partial<Record<Outcome, HistogramTotals>> = {};
    for (const [outcome, histogram] of this.requests()) {
      if (histogram.count > 0) requests[outcome] = histogramTotals(histogram);
    }
    return {
      requests,
      queue: histogramTotals(this.queue),
      compute: histogramTotals(this.compute),
      hop: histogramTotals(this.hop),
      batchRows: histogramTotals(this.batchRows),
      rows: this.#rows,
      refused: { ...this.#refused },
      expired: this.#expired,
      cancelled: this.#cancelled,
      reruns: this.#reruns,
      dropped: this.#dropped,
    };
  }

  snapshot(): VersionStatistics {
    const runs = this.compute.count;
    const batches = [...this.#batchSizes].sort(([a], [b]) => a - b);
    return {
      model: this.model,
      version: this.version,
      inferenceCount: this.#rows,
      executionCount: runs,
      lastInferenceMs: this.#lastInferenceMs,
      success: total([this.#ok]),
      fail: total([...this.#errors.values()]),
      queue: total([this.queue]),
      computeInput: total([this.hop]),
      computeInfer: total([this.compute]),
      computeOutput: { count: runs, ns: 0 },
      batches: batches.map(([batchSize, { count, computeMs }]) => ({
        batchSize,
        infer: { count, ns: Math.round(computeMs * 1e6) },
      })),
    };
  }

  #errorHistogram(code: ErrorCode): Histogram {
    let histogram = this.#errors.get(code);
    if (histogram === undefined) {
      histogram = new Histogram();
      this.#errors.set(code, histogram);
    }
    return histogram;
  }
}

function total(histograms: readonly Histogram[]): DurationStatistic {
  let count = 0;
  let seconds = 0;
  for (const histogram of histograms) {
    count += histogram.count;
    seconds += histogram.sum;
  }
  return { count, ns: Math.round(seconds * 1e9) };
}
