/** A lane's place in its group: the thread that holds it now, what is loaded on it, and what it is doing. */
import { describeError, ServerError } from '../domain/errors.ts';
import type { Batch } from '../batching/batch-queue.ts';
import type { BatchTrace } from '../domain/tracing.ts';
import { Lane } from './lane.ts';
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

export class LaneSlot {
  readonly #events: SlotEvents;
  readonly #sessions = new Map<number, LoadTask>();
  readonly #flights: Flight[] = [];
  #lane: Lane;
  #busyWith = 0;
  /** When the first flight became the one that runs. */
  #headSince = 0;
  /** What ran when the present thread was lost. */
  #lostHead: Flight | undefined;
  #givenUp = false;

  constructor(events: SlotEvents) {
    this.#events = events;
    this.#lane = this.#newLane();
  }

  get lane(): Lane {
    return this.#lane;
  }

  get depth(): number {
    return this.#flights.length;
  }

  get freeAt(): number {
    return this.#flights.reduce((at, flight) => at + flight.expectedMs, this.#headSince);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** False while it loads, or its thread is lost. */
  get available(): boolean {
    return this.#busyWith === 0 && !this.#lane.lost;
  }

  holds(session: number): boolean {
    return this.#sessions.has(session);
  }

  /** The flight that runs now, or should. */
  get head(): Flight | undefined {
    return this.#flights[0];
  }

  /** How long the head has been running. */
  headMs(now: number): number {
    return this.#flights.length === 0 ? 0 : now - this.#headSince;
  }

  /** Sends a batch. Rejects with FlightLostError when the thread is lost meanwhile. */
  async run(flight: Flight, task: RunTask): Promise<LaneReply> {
    if (this.#flights.length === 0) this.#headSince = flight.dispatchedAt;
    this.#flights.push(flight);
    try {
      return await flight.lane.perform(task);
    } catch (caught) {
      this.#lostHead ??= this.#flights[0];
      const blamed = this.#lostHead === flight;
      throw new FlightLostError(describeError(caught), { blamed, overstayed: blamed && this.#givenUp });
    } finally {
      this.#flights.splice(this.#flights.indexOf(flight), 1);
      this.#headSince = this.#events.now();
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
      await this.#exclusively(() => loadOn(this.#lane, task));
    }
    this.#sessions.set(task.session, task);
  }

  async unload(session: number): Promise<void> {
    if (!this.#sessions.delete(session) || this.#lane.lost) return;
    await this.#exclusively(() => this.#lane.perform({ kind: 'unload', session }));
  }

  /** Gives the thread up while its head still runs. */
  giveUp(reason: string): void {
    this.#givenUp = true;
    this.#lane.abandon(reason);
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
    this.#lane = lane;
    this.#lostHead = undefined;
    this.#givenUp = false;
    return failed;
  }

  /** Ends the thread, once nothing is in flight. A lost thread stays. */
  async close(): Promise<void> {
    if (!this.#lane.lost) await this.#lane.close();
  }

  async #succeed(tasks: readonly LoadTask[]): Promise<void> {
    const successor = this.#newLane();
    try {
      for (const task of tasks) await loadOn(successor, task);
    } catch (caught) {
      if (!successor.lost) await successor.close();
      throw caught;
    }
    const former = this.#lane;
    this.#lane = successor;
    await former.idle();
    if (!former.lost) await former.close();
  }

  async #exclusively(work: () => Promise<unknown>): Promise<void> {
    this.#busyWith += 1;
    try {
      await this.#lane.idle();
      await work();
    } finally {
      this.#busyWith -= 1;
    }
  }

  #newLane(): Lane {
    const lane: Lane = new Lane(this.#events.nextLaneId(), (reason) => {
      if (lane === this.#lane) this.#events.onLost(this, reason);
    });
    return lane;
  }
}

async function loadOn(lane: Lane, task: LoadTask): Promise<void> {
  const reply = await lane.perform(task);
  if (reply.kind === 'failed') throw new ServerError('invalid_argument', reply.reason);
}
