/** A set of lanes with a scheduler: gives each idle lane the next batch, fair between the versions placed on it. */
import { joinRows, splitRows, toTensor } from '../batching/join-and-split.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import type { Tensor } from '../domain/tensor.ts';
import { chooseDispatch } from './choose-dispatch.ts';
import { LaneLostError } from './lane.ts';
import { FlightLostError, LaneSlot } from './lane-slot.ts';
import type { Flight } from './lane-slot.ts';
import type { LaneReply, LoadTask, Ran } from './messages.ts';
import type { Member, VersionRunner } from './version-runner.ts';

export interface GroupOptions {
  readonly lanes: number;
  readonly now: () => number;
  readonly nextLaneId: () => number;
  /** A version did something that it must not do again: it is to be taken out of service. */
  readonly onVersionFault: (runner: VersionRunner, reason: string) => void;
  /** `stuck`: the thread still runs and cannot be ended; it costs a core until the process ends. */
  readonly onLaneLost: (loss: { reason: string; stuck: boolean }) => void;
  /** One request failed although it was valid; for the log. */
  readonly onRunFault: (runner: VersionRunner, reason: string) => void;
}

/** A load that takes longer than this goes to a successor thread, so that the lane keeps serving meanwhile. */
const LONG_LOAD_MS = 15;
/** How often waiting members are looked through for expired ones, and running batches for overstaying ones. */
const WATCH_MS = 20;
/** Pause before a thread that ended by itself is replaced, doubled for each loss in a row up to the second number. */
const REPLACE_DELAY_MS = 50;
const REPLACE_DELAY_MAX_MS = 10_000;
/** A load that meets the loss of its lane is tried again on the next thread. */
const LOAD_ATTEMPTS = 3;
/** Overstaying runs after which a version is taken out of service. */
const OVERSTAYS_MAX = 2;
/** Losses this long ago no longer count as being in a row. */
const LOSS_MEMORY_MS = 60_000;

export class LaneGroup {
  readonly #options: GroupOptions;
  readonly #slots: readonly LaneSlot[];
  readonly #runners = new Map<number, VersionRunner>();
  readonly #backlogged = new Set<VersionRunner>();
  #virtualNow = 0;
  #pumpScheduled = false;
  #dueTimer: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  /** Loads and unloads of the group happen one at a time. */
  #changes: Promise<void> = Promise.resolve();
  #losses: number[] = [];

  constructor(options: GroupOptions) {
    this.#options = options;
    const events = {
      nextLaneId: options.nextLaneId,
      now: options.now,
      onLost: (slot: LaneSlot, reason: string): void => {
        options.onLaneLost({ reason, stuck: false });
        void this.#replace(slot, new Set());
      },
    };
    this.#slots = Array.from({ length: options.lanes }, () => new LaneSlot(events));
  }

  get lanes(): number {
    return this.#slots.length;
  }

  get busyLanes(): number {
    return this.#slots.filter((slot) => slot.depth > 0).length;
  }

  get size(): number {
    return this.#runners.size;
  }

  /** Rejects with the reason when a lane cannot load it; then it is on none. A lane lost meanwhile is waited for. */
  async load(runner: VersionRunner, task: LoadTask): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#loadOnce(runner, task);
        return;
      } catch (caught) {
        if (!(caught instanceof LaneLostError) || attempt === LOAD_ATTEMPTS) throw caught;
      }
    }
  }

  async #loadOnce(runner: VersionRunner, task: LoadTask): Promise<void> {
    await this.#change(async () => {
      const { instances } = runner.spec.settings;
      const places = [...this.#slots].sort((a, b) => a.sessionCount - b.sessionCount);
      const successor = this.#runners.size > 0 && runner.report.loadMs > LONG_LOAD_MS;
      const loaded: LaneSlot[] = [];
      try {
        for (const slot of places.slice(0, instances === 0 ? places.length : instances)) {
          await slot.load(task, { successor });
          loaded.push(slot);
          this.#schedulePump();
        }
      } catch (caught) {
        for (const slot of loaded) await slot.unload(runner.session);
        throw caught;
      }
      this.#runners.set(runner.session, runner);
    });
  }

  /** Frees the version's sessions. The runner has been drained. */
  async unload(runner: VersionRunner): Promise<void> {
    this.#backlogged.delete(runner);
    await this.#change(async () => {
      this.#runners.delete(runner.session);
      for (const slot of this.#slots) {
        await slot.unload(runner.session);
        this.#schedulePump();
      }
    });
  }

  /** A runner calls this when something waits. The work starts after this turn of the event loop, with all that came in it. */
  wake(runner: VersionRunner): void {
    if (!this.#backlogged.has(runner)) {
      this.#backlogged.add(runner);
      runner.virtualMs = Math.max(runner.virtualMs, this.#virtualNow);
    }
    this.#watch ??= setInterval(() => {
      this.#lookAround();
    }, WATCH_MS);
    this.#schedulePump();
  }

  /** Ends the threads. Everything has been drained. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    clearTimeout(this.#dueTimer);
    await this.#changes;
    for (const slot of this.#slots) await slot.close();
  }

  #schedulePump(): void {
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (;;) {
      const backlogs = [...this.#backlogged].filter((runner) => this.#stillBacklogged(runner));
      const next = chooseDispatch(
        backlogs,
        (runner) => this.#slots.filter((slot) => slot.available && slot.holds(runner.session)),
        this.#options.now(),
      );
      if (next.kind === 'run') {
        this.#dispatch(next.backlog, next.lane, next.maxRows);
        continue;
      }
      if (next.kind === 'wait') this.#pumpAt(next.until);
      return;
    }
  }

  #stillBacklogged(runner: VersionRunner): boolean {
    if (runner.waitingRows > 0) return true;
    this.#backlogged.delete(runner);
    return false;
  }

  #pumpAt(instant: number): void {
    clearTimeout(this.#dueTimer);
    this.#dueTimer = setTimeout(() => {
      this.#pump();
    }, instant - this.#options.now());
  }

  #dispatch(runner: VersionRunner, slot: LaneSlot, maxRows: number): void {
    const batch = runner.take(maxRows);
    if (batch === undefined) return;
    const expectedMs = runner.estimateMs(batch.rows);
    this.#virtualNow = runner.virtualMs;
    runner.virtualMs += expectedMs;
    const flight: Flight = { runner, batch, expectedMs, dispatchedAt: this.#options.now(), lane: slot.lane };
    const inputs = joinRows(batch.members.map((member) => member.inputs));
    slot.run(flight, { kind: 'run', session: runner.session, inputs, outputs: wantedOutputs(batch.members) }).then(
      (reply) => {
        this.#landed(flight, reply);
      },
      (caught: unknown) => {
        this.#lost(flight, caught);
      },
    );
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
    const hopMs = Math.max(0, this.#options.now() - flight.dispatchedAt - reply.computeMs);
    const parts = splitAnswer(reply, members);
    if (parts === undefined) {
      runner.stopBatching();
      runner.restore(members, { alone: true });
      return;
    }
    runner.estimate.observe(batch.rows, reply.computeMs);
    runner.stats.recordBatch({ rows: batch.rows, computeMs: reply.computeMs, hopMs, closed: batch.closed });
    for (const [index, member] of members.entries()) {
      const queueMs = flight.dispatchedAt - member.enqueuedAt;
      runner.stats.recordQueue(queueMs);
      const timings = { queueMs, hopMs, computeMs: reply.computeMs, batchRows: batch.rows };
      member.resolve({ outputs: chosenOutputs(parts[index] ?? [], member.outputs), timings });
    }
  }

  #failed(flight: Flight, reason: string): void {
    const { runner, batch } = flight;
    const [first, ...others] = batch.members;
    if (others.length > 0) {
      runner.restore(batch.members, { alone: true });
      return;
    }
    this.#options.onRunFault(runner, reason);
    first?.reject(new ServerError('internal', `${nameOf(runner)} failed on this request: ${reason}`));
  }

  /** The thread is gone. What ran may have been the cause and is not tried again; what waited behind it is. */
  #lost(flight: Flight, caught: unknown): void {
    const { runner, batch } = flight;
    if (caught instanceof FlightLostError && !caught.blamed) {
      runner.restore(batch.members, { alone: false });
    } else {
      const overstayed = caught instanceof FlightLostError && caught.overstayed;
      const error = overstayed
        ? new ServerError('deadline_exceeded', overstayReason(runner))
        : new ServerError('unavailable', `${describeError(caught)} while running ${nameOf(runner)}; retry`);
      for (const member of batch.members) member.reject(error);
    }
    runner.finished(batch.members.length);
  }

  #lookAround(): void {
    const now = this.#options.now();
    for (const runner of this.#backlogged) runner.sweep();
    for (const slot of this.#slots) {
      const head = slot.lane.lost ? undefined : slot.head;
      if (head === undefined || slot.headMs(now) <= head.runner.spec.settings.maxRunMs) continue;
      this.#giveUp(slot, head.runner);
    }
    if (this.#backlogged.size > 0 || this.busyLanes > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  /**
   * A run that does not end cannot be stopped: its thread is written off and its sessions are loaded on another. One
   * strange request does not cost a version its life; a version that does it again does.
   */
  #giveUp(slot: LaneSlot, runner: VersionRunner): void {
    const reason = overstayReason(runner);
    runner.overstays += 1;
    const fails = runner.overstays >= OVERSTAYS_MAX;
    slot.giveUp(reason);
    if (fails) this.#options.onVersionFault(runner, `${reason}, ${String(runner.overstays)} times`);
    this.#options.onLaneLost({ reason, stuck: true });
    void this.#replace(slot, new Set(fails ? [runner.session] : []));
  }

  async #replace(slot: LaneSlot, without: ReadonlySet<number>): Promise<void> {
    const now = this.#options.now();
    this.#losses = [...this.#losses.filter((at) => now - at < LOSS_MEMORY_MS), now];
    const delayMs = Math.min(REPLACE_DELAY_MAX_MS, REPLACE_DELAY_MS * 2 ** (this.#losses.length - 1));
    await this.#change(async () => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      for (const { session, reason } of await slot.replace(without)) {
        const runner = this.#runners.get(session);
        if (runner !== undefined)
          this.#options.onVersionFault(runner, `it did not load again after a lane was lost: ${reason}`);
      }
    }).catch((caught: unknown) => {
      // The new thread was lost as well: its own onLost has not been heard, since it never took the place.
      this.#options.onLaneLost({ reason: describeError(caught), stuck: false });
      void this.#replace(slot, without);
    });
    this.#schedulePump();
  }

  /** Queues a change behind those before it. */
  #change(work: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(work);
    this.#changes = done.catch(() => undefined);
    return done;
  }
}

/** The outputs to run: the wanted ones where all members agree, else all. */
function wantedOutputs(members: readonly Member[]): readonly string[] {
  const wanted = members[0]?.outputs ?? [];
  return members.every((member) => member.outputs.join() === wanted.join()) ? wanted : [];
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

function nameOf(runner: VersionRunner): string {
  return `model "${runner.spec.model}" version "${runner.spec.version}"`;
}

function overstayReason(runner: VersionRunner): string {
  return `a run of ${nameOf(runner)} did not end within ${String(runner.spec.settings.maxRunMs)} ms (max-run)`;
}
