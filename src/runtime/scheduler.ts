/** The scheduler of a lane group: sends waiting rows to lanes and the answers back to their callers. */
import type { Batch } from '../batching/batch-queue.ts';
import { BufferPool } from '../batching/buffer-pool.ts';
import { joinRows, splitRows, toTensor } from '../batching/join-and-split.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { BatchTrace, Outcome, RequestTrace, Tracing } from '../domain/tracing.ts';
import type { Role } from '../monitor/series.ts';
import { chooseDispatch } from './choose-dispatch.ts';
import type { Places } from './choose-dispatch.ts';
import { FlightLostError } from './lane-slot.ts';
import type { Flight, LaneSlot } from './lane-slot.ts';
import type { LaneReply, Ran } from './messages.ts';
import { overstayReason, titleOf } from './refusals.ts';
import type { Member, VersionRunner } from './version-runner.ts';

export interface SchedulerOptions {
  readonly slots: readonly LaneSlot[];
  readonly now: () => number;
  readonly tracing: Tracing;
  /** One request failed although it was valid; for the log. */
  readonly onRunFault: (runner: VersionRunner, reason: string) => void;
}

/** Buffers of batches that came back and wait for the next: as much as a batch of 64 images of 150,000 floats takes. */
const POOL_BYTES = 2 ** 26;

export class Scheduler {
  /** The transport needs a core that the lanes would take; see Crowding. */
  crowded = false;
  readonly #options: SchedulerOptions;
  readonly #places: Places<VersionRunner, LaneSlot>;
  readonly #buffers = new BufferPool(POOL_BYTES);
  readonly #allocate = (bytes: number): ArrayBuffer => this.#buffers.take(bytes);
  readonly #backlogged = new Set<VersionRunner>();
  /** The account of the batch that went last. */
  readonly #virtualNow: Record<Role, number> = { live: 0, shadow: 0 };
  #pumpScheduled = false;
  /** The last look found nothing that can go although something waits. */
  #pumpBlocked = false;
  #dueTimer: NodeJS.Timeout | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    const { slots } = options;
    this.#places = {
      all: slots,
      of: (runner) => slots.filter((slot) => slot.available && slot.holds(runner.session)),
    };
  }

  /** Versions with rows waiting. */
  get backlogged(): ReadonlySet<VersionRunner> {
    return this.#backlogged;
  }

  /** Something waits for this version. */
  add(runner: VersionRunner): void {
    if (!this.#backlogged.has(runner)) {
      this.#backlogged.add(runner);
      runner.virtualMs = Math.max(runner.virtualMs, this.#virtualNow[runner.priority]);
    }
    // A full batch need not wait for the rest of what the sockets brought: under load that is a long time.
    if (runner.priority === 'live' && runner.waitingRows >= runner.fullRows && !this.#pumpBlocked) this.#pump();
    else this.schedule();
  }

  remove(runner: VersionRunner): void {
    this.#backlogged.delete(runner);
    if (runner.shadow !== undefined) this.#backlogged.delete(runner.shadow);
  }

  /** Looks for work after this turn of the event loop, with all that came in it. */
  schedule(): void {
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      this.#pump();
    });
  }

  /** Nothing waits and nothing runs. */
  rest(): void {
    this.#buffers.clear();
  }

  close(): void {
    clearTimeout(this.#dueTimer);
  }

  #pump(): void {
    for (;;) {
      this.#forgetEmptied();
      // Nothing more can go until a lane or a new turn says so; further rows need not ask again.
      this.#pumpBlocked = this.#backlogged.size > 0;
      if (!this.#pumpBlocked) return;
      const next = chooseDispatch(this.#backlogged, this.#places, this.#options.now(), this.crowded);
      if (next.kind === 'wait') this.#pumpAt(next.until);
      if (next.kind !== 'run') return;
      this.#dispatch(next.backlog, next.lane, next.maxRows);
    }
  }

  #forgetEmptied(): void {
    for (const runner of this.#backlogged) if (runner.waitingRows === 0) this.#backlogged.delete(runner);
  }

  #pumpAt(instant: number): void {
    clearTimeout(this.#dueTimer);
    this.#dueTimer = setTimeout(
      () => {
        this.#pump();
      },
      Math.max(0, instant - this.#options.now()),
    );
  }

  #dispatch(runner: VersionRunner, slot: LaneSlot, maxRows: number): void {
    const batch = runner.take(maxRows);
    if (batch === undefined) return;
    const expectedMs = runner.estimateMs(batch.rows);
    this.#virtualNow[runner.priority] = runner.virtualMs;
    runner.virtualMs += expectedMs;
    const dispatchedAt = this.#options.now();
    const trace = this.#traceOf(runner, batch, dispatchedAt);
    const flight: Flight = { runner, batch, expectedMs, dispatchedAt, lane: slot.lane, trace };
    const members = batch.members.map((member) => member.inputs);
    const inputs = joinRows(members, this.#allocate);
    slot.run(flight, { kind: 'run', session: runner.session, inputs, outputs: wantedOutputs(batch.members) }).then(
      (reply) => {
        this.#landed(flight, reply);
      },
      (caught: unknown) => {
        this.#lost(flight, caught);
      },
    );
  }

  #traceOf(runner: VersionRunner, batch: Batch<Member>, dispatchedAt: number): BatchTrace | undefined {
    const members: RequestTrace[] = [];
    for (const { trace } of batch.members) if (trace !== undefined) members.push(trace);
    if (members.length === 0) return undefined;
    const { model, version } = runner.spec;
    return this.#options.tracing.batch({ model, version, rows: batch.rows, dispatchedAt, members });
  }

  #landed(flight: Flight, reply: LaneReply): void {
    const { runner, batch } = flight;
    if (reply.kind === 'ran') this.#answer(flight, reply);
    else this.#failed(flight, reply.kind === 'failed' ? reply.reason : `the lane answered ${reply.kind}`);
    runner.finished(batch.members.length);
    this.#pump();
  }

  #answer(flight: Flight, reply: Ran): void {
    const { runner, batch } = flight;
    const { members } = batch;
    for (const buffer of reply.spent) this.#buffers.give(buffer);
    const hopMs = Math.max(0, this.#options.now() - flight.dispatchedAt - reply.computeMs);
    const parts = splitAnswer(reply, members);
    this.#endTrace(flight, { hopMs, computeMs: reply.computeMs, outcome: 'ok' });
    if (parts === undefined) {
      runner.stopBatching();
      runner.restore(members, { alone: true });
      return;
    }
    runner.estimate.observe(batch.rows, reply.computeMs);
    runner.stats.recordBatch({ rows: batch.rows, computeMs: reply.computeMs, hopMs, closed: batch.closed });
    const run = Symbol();
    for (let index = 0; index < members.length; index += 1) {
      const member = members[index];
      if (member === undefined) continue;
      const queueMs = flight.dispatchedAt - member.enqueuedAt;
      runner.stats.recordQueue(queueMs);
      const timings = { queueMs, hopMs, computeMs: reply.computeMs, batchRows: batch.rows };
      const outputs = chosenOutputs(parts[index] ?? [], member.outputs);
      member.resolve({ outputs, timings, batch: flight.trace, run });
    }
  }

  #endTrace({ trace }: Flight, end: { hopMs: number; computeMs: number; outcome: Outcome }): void {
    trace?.finish({ ...end, endedAt: this.#options.now() });
  }

  #failed(flight: Flight, reason: string): void {
    this.#endTrace(flight, { hopMs: 0, computeMs: 0, outcome: 'internal' });
    const { runner, batch } = flight;
    const [first, ...others] = batch.members;
    if (others.length > 0) {
      runner.restore(batch.members, { alone: true });
      return;
    }
    this.#options.onRunFault(runner, reason);
    first?.reject(new ServerError('internal', `${titleOf(runner.spec)} failed on this request: ${reason}`));
  }

  /** The thread is gone. What ran may have been the cause and is not tried again; what waited behind it is. */
  #lost(flight: Flight, caught: unknown): void {
    const { runner, batch } = flight;
    this.#endTrace(flight, { hopMs: 0, computeMs: 0, outcome: 'unavailable' });
    if (caught instanceof FlightLostError && !caught.blamed) {
      runner.restore(batch.members, { alone: false });
    } else {
      const overstayed = caught instanceof FlightLostError && caught.overstayed;
      const error = overstayed
        ? new ServerError('deadline_exceeded', overstayReason(runner.spec))
        : new ServerError('unavailable', `${describeError(caught)} while running ${titleOf(runner.spec)}; retry`);
      for (const member of batch.members) member.reject(error);
    }
    runner.finished(batch.members.length);
  }
}

/** The outputs to run: the wanted ones where all members agree, else all. */
function wantedOutputs(members: readonly Member[]): readonly string[] {
  const wanted = members[0]?.outputs ?? [];
  return members.every(({ outputs }) => isSame(outputs, wanted)) ? wanted : [];
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, at) => name === others[at]);
}

function chosenOutputs(outputs: readonly Tensor[], wanted: readonly string[]): readonly Tensor[] {
  if (wanted.length === 0) return outputs;
  return wanted.flatMap((name) => outputs.find((tensor) => tensor.name === name) ?? []);
}

/** Each member's part of the outputs; undefined when the outputs cannot be divided. */
function splitAnswer(reply: Ran, members: readonly Member[]): readonly (readonly Tensor[])[] | undefined {
  if (members.length === 1) return [reply.outputs.map(toTensor)];
  const split = splitRows(
    reply.outputs,
    members.map((member) => member.rows),
  );
  return split.kind === 'split' ? split.parts : undefined;
}
