/** A lane's place in its group: the thread that holds it now, what is loaded on it, and what it is doing. */
import assert from 'node:assert/strict';
import { describeError, ServerError } from '../domain/errors.ts';
import type { Batch } from '../batching/batch-queue.ts';
import type { BatchTrace } from '../domain/tracing.ts';
import { Lane, LaneLostError } from './lane.ts';
import type { LaneReply, LoadTask, RunTask } from './messages.ts';
import type { Member, VersionRunner } from './version-runner.ts';

/** A batch on its way through a lane. */
export interface Flight {
  readonly runner: VersionRunner;
  readonly batch: Batch<Member>;
  readonly dispatchedAt: number;
  readonly expectedMs: number;
  readonly trace: BatchTrace | undefined;
  /** The lane's thread when it was sent; a successor may have taken the place since. */
  readonly lane: Lane;
}

/** Batches on their way through a lane: one runs and one waits, which cannot be called back. */
const MAX_FLIGHTS = 2;

export interface SlotEvents {
  readonly nextLaneId: () => number;
  readonly onLost: (slot: LaneSlot, reason: string) => void;
  readonly now: () => number;
}

/** How a flight ended that never came back. */
export class FlightLostError extends Error {
  override readonly name = 'FlightLostError';
  /** It was running when the thread was lost, so it may be the cause; the others only waited behind it. */
  readonly blamed: boolean;
  /** The thread was given up because this run did not end; else it ended by itself. */
  readonly overstayed: boolean;

  constructor(message: string, fate: { blamed: boolean; overstayed: boolean }) {
    super(message);
    this.blamed = fate.blamed;
    this.overstayed = fate.overstayed;
  }
}

/** A thread of the place, and what is on its way through it. */
interface Post {
  readonly lane: Lane;
  /** The first one runs, or should. */
  readonly flights: Flight[];
  /** When the first flight became the one that runs. */
  headSince: number;
  /** What ran when the thread was lost. */
  lostHead: Flight | undefined;
  givenUp: boolean;
}

export class LaneSlot {
  readonly #events: SlotEvents;
  readonly #sessions = new Map<number, LoadTask>();
  #post: Post;
  /** The thread before, while it finishes what it has after its successor took the place. */
  #former: Post | undefined;
  #busyWith = 0;

  constructor(events: SlotEvents) {
    this.#events = events;
    this.#post = postOf(this.#newLane());
  }

  get lane(): Lane {
    return this.#post.lane;
  }

  get depth(): number {
    return this.#post.flights.length;
  }

  /** Something runs here, be it on the thread before. */
  get busy(): boolean {
    return this.depth > 0 || (this.#former?.flights.length ?? 0) > 0;
  }

  get rows(): number {
    return this.#post.flights.reduce((rows, flight) => rows + flight.batch.rows, 0);
  }

  /** A copy for a shadow is on its way through. */
  get shadowed(): boolean {
    return this.#post.flights.some((flight) => flight.runner.priority === 'shadow');
  }

  get freeAt(): number {
    return this.#post.flights.reduce((at, flight) => at + flight.expectedMs, this.#post.headSince);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** False while it loads, or its thread is lost. */
  get available(): boolean {
    return this.#busyWith === 0 && !this.lane.lost;
  }

  holds(session: number): boolean {
    return this.#sessions.has(session);
  }

  /** The flight that has been running for longer than its version may, if there is one. */
  overstaying(now: number): Flight | undefined {
    for (const post of [this.#former, this.#post]) {
      const head = post?.flights[0];
      if (post === undefined || head === undefined || post.lane.lost) continue;
      if (now - post.headSince > head.runner.spec.settings.maxRunMs) return head;
    }
    return undefined;
  }

  /** Sends a batch. Rejects with FlightLostError when the thread is lost meanwhile. */
  async run(flight: Flight, task: RunTask): Promise<LaneReply> {
    const post = this.#post;
    assert(post.flights.length < MAX_FLIGHTS, 'the scheduler sends a lane no third batch');
    if (post.flights.length === 0) post.headSince = flight.dispatchedAt;
    post.flights.push(flight);
    try {
      return await post.lane.perform(task);
    } catch (caught) {
      post.lostHead ??= post.flights[0];
      const blamed = post.lostHead === flight;
      throw new FlightLostError(describeError(caught), { blamed, overstayed: blamed && post.givenUp });
    } finally {
      post.flights.splice(post.flights.indexOf(flight), 1);
      post.headSince = this.#events.now();
    }
  }

  /**
   * Loads a version here. With `successor`, a new thread loads everything and then takes the place, so that this one
   * goes on serving meanwhile; without, it serves nobody until it has loaded.
   */
  async load(task: LoadTask, options: { successor: boolean }): Promise<void> {
    if (options.successor) {
      await this.#succeed([...this.#sessions.values(), task]);
    } else {
      await this.#exclusively(() => loadOn(this.lane, task));
    }
    this.#sessions.set(task.session, task);
  }

  async unload(session: number): Promise<void> {
    if (!this.#sessions.delete(session) || this.lane.lost) return;
    try {
      await this.#exclusively(() => this.lane.perform({ kind: 'unload', session }));
    } catch (caught) {
      // A thread that is lost meanwhile has taken the session with it, and the next one is not given it.
      if (!(caught instanceof LaneLostError)) throw caught;
    }
  }

  /** Gives the thread of a flight up while that still runs; whether the place needs a new one. */
  giveUp(flight: Flight, reason: string): boolean {
    const post = flight.lane === this.lane ? this.#post : this.#former;
    if (post === undefined) return false;
    post.givenUp = true;
    post.lane.abandon(reason);
    return post === this.#post;
  }

  /** After a loss: a new thread with the same sessions but those to leave out. Gives back those that failed to load. */
  async replace(without: ReadonlySet<number>): Promise<{ session: number; reason: string }[]> {
    const failed: { session: number; reason: string }[] = [];
    const lane = this.#newLane();
    for (const task of [...this.#sessions.values()]) {
      if (without.has(task.session)) {
        this.#sessions.delete(task.session);
        continue;
      }
      const reply = await lane.perform(task);
      if (reply.kind !== 'failed') continue;
      this.#sessions.delete(task.session);
      failed.push({ session: task.session, reason: reply.reason });
    }
    this.#post = postOf(lane);
    return failed;
  }

  /** Ends the thread, once nothing is in flight. A lost thread stays. */
  async close(): Promise<void> {
    if (!this.lane.lost) await this.lane.close();
  }

  async #succeed(tasks: readonly LoadTask[]): Promise<void> {
    const successor = this.#newLane();
    try {
      for (const task of tasks) await loadOn(successor, task);
    } catch (caught) {
      if (!successor.lost) await successor.close();
      throw caught;
    }
    const former = this.#post;
    this.#former = former;
    this.#post = postOf(successor);
    await former.lane.idle();
    this.#former = undefined;
    if (!former.lane.lost) await former.lane.close();
  }

  async #exclusively(work: () => Promise<unknown>): Promise<void> {
    this.#busyWith += 1;
    try {
      await this.lane.idle();
      await work();
    } finally {
      this.#busyWith -= 1;
    }
  }

  #newLane(): Lane {
    const lane: Lane = new Lane(this.#events.nextLaneId(), (reason) => {
      if (lane === this.lane) this.#events.onLost(this, reason);
    });
    return lane;
  }
}

function postOf(lane: Lane): Post {
  return { lane, flights: [], headSince: 0, lostHead: undefined, givenUp: false };
}

async function loadOn(lane: Lane, task: LoadTask): Promise<void> {
  const reply = await lane.perform(task);
  if (reply.kind === 'failed') throw new ServerError('invalid_argument', reply.reason);
}
