/** A loaded version as callers see it: a bounded queue in front of warm sessions. */
import { BatchQueue } from '../batching/batch-queue.ts';
import type { Batch, Offer, QueueLimits, Waiting } from '../batching/batch-queue.ts';
import { DrainRate } from '../batching/drain-rate.ts';
import { ServerError } from '../domain/errors.ts';
import type { Cancellation, Timings } from '../domain/predict.ts';
import type { Signature } from '../domain/signature.ts';
import { totalBytes } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { BatchTrace, RequestTrace } from '../domain/tracing.ts';
import type { QualificationReport, VersionSpec } from '../domain/version.ts';
import type { Role } from '../monitor/series.ts';
import type { VersionStats } from '../monitor/version-stats.ts';
import { queueDelayMs, queueGauges, queueLimits, WAIT_MARGIN } from './queue-limits.ts';
import { queueFull, wouldBeLate } from './refusals.ts';
import { RunTimeEstimate } from './run-time-estimate.ts';
import { Unserved } from './unserved.ts';

/** One validated request: its tensors are in the signature's order. */
export interface Call {
  readonly inputs: readonly Tensor[];
  /** Names of the outputs wanted; empty = all. */
  readonly outputs: readonly string[];
  /** Size of the first dimension; 1 for a version that is not batched. */
  readonly rows: number;
  /** Calls may share a run only when this is equal. */
  readonly group: string;
  readonly deadline: number;
  readonly signal: Cancellation;
  /** undefined when the request is not sampled. */
  readonly trace: RequestTrace | undefined;
}

export interface Answer {
  readonly outputs: readonly Tensor[];
  readonly timings: Timings;
  readonly batch: BatchTrace | undefined;
  /** Equal for all calls of one run, and for no others. */
  readonly run: symbol;
}

/** A call in the queue. */
export interface Member extends Call, Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: ServerError) => void;
}

export interface RunnerOptions {
  readonly spec: VersionSpec;
  readonly report: QualificationReport;
  /** Their role is the runner's priority. */
  readonly stats: VersionStats;
  /** The lanes' name for its session. */
  readonly session: number;
  readonly now: () => number;
  /** Called after something was put into the queue. */
  readonly onWork: () => void;
  /** Of a live one: who takes the copies for the same session. */
  readonly shadow?: VersionRunner | undefined;
}

export class VersionRunner {
  /**
   * A live runner's calls have callers. A shadow's are copies: they go last, and those that cannot run are dropped,
   * which is counted here and told with a DroppedError.
   */
  readonly priority: Role;
  /** The live one's companion for copies of other versions' calls; it is drained and fails with it. */
  readonly shadow: VersionRunner | undefined;
  readonly spec: VersionSpec;
  readonly report: QualificationReport;
  readonly signature: Signature;
  readonly stats: VersionStats;
  readonly session: number;
  readonly estimate: RunTimeEstimate;
  /** The monotonic clock of deadlines. */
  readonly now: () => number;
  /** Compute time that this version was given, in the scheduler's account; see choose-dispatch.ts. */
  virtualMs = 0;
  /** Runs that did not end in time and cost their lane. */
  overstays = 0;
  readonly #limits: QueueLimits;
  readonly #queue: BatchQueue<Member>;
  readonly #unserved: Unserved;
  readonly #drain: DrainRate;
  readonly #onWork: () => void;
  readonly #fullRows: number;
  /** How long an idle lane waits for a fuller batch. */
  readonly #delayMs: number;
  #batchable: boolean;
  #aloneCount = 0;
  #running = 0;
  /** Why new calls are refused. */
  #closing: string | undefined;
  /** Nothing will run any more, whatever waits. */
  #failed = false;
  #idle: (() => void) | undefined;

  constructor(options: RunnerOptions) {
    const { settings } = options.spec;
    this.priority = options.stats.role;
    this.shadow = options.shadow;
    this.spec = options.spec;
    this.report = options.report;
    this.signature = options.report.signature;
    this.stats = options.stats;
    this.session = options.session;
    this.now = options.now;
    this.#onWork = options.onWork;
    this.#batchable = options.report.batchable;
    this.estimate = new RunTimeEstimate(options.report);
    this.#fullRows = this.estimate.fullRows(settings.maxBatchRows);
    this.#unserved = new Unserved(options);
    this.#delayMs = queueDelayMs(settings, this.priority);
    this.#limits = queueLimits(settings, this.priority);
    this.#queue = new BatchQueue(this.#limits);
    this.#drain = new DrainRate(options.report.batchRunMs / options.report.batchRows);
    options.stats.gauges = queueGauges(this.#queue, this.#limits, () => this.#running);
  }

  get model(): string {
    return this.spec.model;
  }

  get batchable(): boolean {
    return this.#batchable;
  }

  /** Calls that are running now. */
  get running(): number {
    return this.#running;
  }

  /** Rows at which a batch is full. A call of its own may have more, up to maxBatchRows. */
  get fullRows(): number {
    return this.#batchable ? this.#fullRows : 1;
  }

  /** Rows that one call may have. */
  get maxBatchRows(): number {
    return this.#batchable ? this.spec.settings.maxBatchRows : 1;
  }

  get waitingRows(): number {
    return this.#queue.rows;
  }

  /** Rows of the batch that would be taken now. */
  get nextRows(): number {
    return this.#queue.nextRows(this.fullRows);
  }

  estimateMs(rows: number): number {
    return this.estimate.estimateMs(rows);
  }

  /** When an unfilled batch may be taken; 0 = at once. */
  get dueAt(): number {
    if (this.#delayMs === 0 || this.nextRows >= this.fullRows) return 0;
    return this.#queue.dueAt(this.fullRows, this.#delayMs);
  }

  /** Queues the call, or refuses it at once when it would wait in vain. Rejects with a ServerError. */
  enqueue(call: Call): Promise<Answer> {
    const now = this.now();
    const refusal = this.#refusal(call, now);
    if (refusal !== undefined) return Promise.reject(refusal);
    const bytes = totalBytes(call.inputs);
    return new Promise((resolve, reject) => {
      const { inputs, outputs, rows, group, deadline, signal, trace } = call;
      // Spelt out: a spread of the call would cost as much as the rest of this function.
      const member = { inputs, outputs, rows, group, deadline, signal, trace, bytes, enqueuedAt: now, resolve, reject };
      const overflow = this.#offer(member, now);
      if (overflow === undefined) this.#onWork();
      else reject(overflow);
    });
  }

  /** Takes the next batch for a lane; members whose callers are gone are answered and left out. */
  take(maxRows: number): Batch<Member> | undefined {
    const now = this.now();
    const reason = this.#delayMs > 0 ? 'delay' : 'idle';
    const { batch, gone } = this.#queue.take(Math.min(maxRows, this.fullRows), now, reason);
    this.#unserved.dismiss(gone);
    if (batch === undefined) this.#drain.emptied();
    else this.#drain.dispatched({ rows: batch.rows, now, rowsLeft: this.#queue.rows });
    this.#running += batch?.members.length ?? 0;
    this.#settle();
    // A part that was cut to spread the rows over idle lanes is not full.
    const cut = batch?.closed === 'full' && maxRows < this.fullRows;
    return cut ? { ...batch, closed: reason } : batch;
  }

  /** The lane is done with these members, however it went. */
  finished(members: number): void {
    this.#running -= members;
    this.#settle();
  }

  /**
   * Puts members back that did not run, or whose batch failed: then each runs alone. Of copies only the latter come
   * back, and none to a version that is being unloaded.
   */
  restore(members: readonly Member[], options: { alone: boolean }): void {
    const unwanted = this.priority === 'shadow' && (!options.alone || this.#closing !== undefined);
    if (this.#failed || unwanted) {
      this.#unserved.turnAway(members, this.#closing ?? 'its lane was lost');
      return;
    }
    if (options.alone) for (const _ of members) this.stats.recordRerun();
    const again = options.alone ? members.map((member) => ({ ...member, group: this.#aloneGroup() })) : members;
    this.#queue.restore(again);
    this.#onWork();
  }

  /** Rows turned out to influence each other although the proof had passed: never join them again. */
  stopBatching(): void {
    this.#batchable = false;
    this.shadow?.stopBatching();
  }

  /** Answers the members that were cancelled or ran out of time while waiting. */
  sweep(): void {
    this.#unserved.dismiss(this.#queue.sweep(this.now()));
    if (this.#queue.rows === 0) this.#drain.emptied();
    this.#settle();
  }

  /**
   * Refuses new calls with `reason`, and resolves when those accepted have been answered. Copies that wait go at once.
   */
  async drain(reason: string): Promise<void> {
    this.#closing ??= reason;
    if (this.priority === 'shadow') this.#unserved.turnAway(this.#queue.clear(), reason);
    const shadow = this.shadow?.drain(reason);
    await this.#emptied();
    await shadow;
  }

  /** Refuses new calls and answers all that wait with UNAVAILABLE. */
  fail(reason: string): void {
    this.shadow?.fail(reason);
    this.#closing = reason;
    this.#failed = true;
    this.#unserved.turnAway(this.#queue.clear(), reason);
    this.#settle();
  }

  #emptied(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#idle;
      this.#idle = () => {
        before?.();
        resolve();
      };
      this.#settle();
    });
  }

  #refusal(call: Call, now: number): ServerError | undefined {
    if (this.#closing !== undefined) {
      return this.#unserved.refuse('draining', new ServerError('unavailable', this.#closing));
    }
    if (call.deadline === Infinity) return undefined;
    const rowsAhead = this.#queue.rowsAhead({ deadline: call.deadline, enqueuedAt: now });
    // Only rows ahead make a call wait; with none it is always tried, so that the estimate cannot lock anybody out.
    if (rowsAhead === 0) return undefined;
    const runMs = this.estimate.estimateMs(Math.max(call.rows, Math.min(this.fullRows, rowsAhead)));
    const waitMs = WAIT_MARGIN * this.#drain.expectedWaitMs(rowsAhead) + runMs;
    const leftMs = call.deadline - now;
    if (waitMs <= leftMs) return undefined;
    return this.#unserved.refuse('deadline', wouldBeLate(this.spec, { rowsAhead, waitMs, leftMs }));
  }

  #offer(member: Member, now: number): ServerError | undefined {
    const { maxRows, maxBytes } = this.#limits;
    const live = this.priority === 'live';
    // A queue has room for any one member, but a copy may not be more than all copies together.
    let offer: Offer = live || member.bytes <= maxBytes ? this.#queue.offer(member) : { kind: 'full', limit: 'bytes' };
    if (live && offer.kind === 'full') {
      this.#unserved.dismiss(this.#queue.sweep(now));
      offer = this.#queue.offer(member);
    }
    if (offer.kind === 'accepted') return undefined;
    const limit = offer.limit === 'rows' ? `${String(maxRows)} rows` : `${String(maxBytes)} bytes`;
    const reason = offer.limit === 'rows' ? 'queue_rows' : 'queue_bytes';
    return this.#unserved.refuse(reason, queueFull(this.spec, limit));
  }

  #settle(): void {
    if (this.#idle === undefined || this.#running > 0 || this.#queue.size > 0) return;
    this.#idle();
    this.#idle = undefined;
  }

  #aloneGroup(): string {
    this.#aloneCount += 1;
    return `alone:${String(this.#aloneCount)}`;
  }
}
