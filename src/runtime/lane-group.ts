/** A set of lanes with a scheduler: gives each idle lane the next batch, fair between the versions placed on it. */
import { describeError } from '../domain/errors.ts';
import type { QualificationReport } from '../domain/version.ts';
import { Crowding } from './crowding.ts';
import { LaneLostError } from './lane.ts';
import { LaneSlot } from './lane-slot.ts';
import type { Flight } from './lane-slot.ts';
import type { LoadTask } from './messages.ts';
import { Scheduler } from './scheduler.ts';
import type { SchedulerOptions } from './scheduler.ts';
import { overstayReason } from './refusals.ts';
import type { VersionRunner } from './version-runner.ts';

export interface GroupOptions extends Omit<SchedulerOptions, 'slots'> {
  readonly lanes: number;
  /** Cores of the machine; without, there are enough. */
  readonly cores?: number;
  readonly nextLaneId: () => number;
  /** A version did something that it must not do again: it is to be taken out of service. */
  readonly onVersionFault: (runner: VersionRunner, reason: string) => void;
  /** `stuck`: the thread still runs and cannot be ended; it costs a core until the process ends. */
  readonly onLaneLost: (loss: { lane: number; reason: string; stuck: boolean }) => void;
  readonly onLaneReplaced: (replacement: { lane: number; ms: number }) => void;
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
  readonly #scheduler: Scheduler;
  readonly #crowding: Crowding;
  /** Nobody has called yet: a load stalls nobody. */
  #fresh = true;
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
        options.onLaneLost({ lane: slot.lane.id, reason, stuck: false });
        void this.#replace(slot, new Set());
      },
    };
    this.#slots = Array.from({ length: options.lanes }, () => new LaneSlot(events));
    this.#crowding = new Crowding({ lanes: options.lanes, cores: options.cores ?? Infinity });
    this.#scheduler = new Scheduler({ ...options, slots: this.#slots });
  }

  get lanes(): number {
    return this.#slots.length;
  }

  get busyLanes(): number {
    return this.#slots.filter((slot) => slot.busy).length;
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
      const successor = !this.#fresh && stallMs(runner.report) > LONG_LOAD_MS;
      const loaded: LaneSlot[] = [];
      try {
        for (const slot of places.slice(0, instances === 0 ? places.length : instances)) {
          await slot.load(task, { successor });
          loaded.push(slot);
          this.#scheduler.schedule();
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
    this.#scheduler.remove(runner);
    await this.#change(async () => {
      this.#runners.delete(runner.session);
      for (const slot of this.#slots) {
        await slot.unload(runner.session);
        this.#scheduler.schedule();
      }
    });
  }

  /**
   * A runner calls this when something waits; the work starts after this turn of the event loop, with all that came.
   */
  wake(runner: VersionRunner): void {
    this.#fresh = false;
    this.#watch ??= setInterval(() => {
      this.#lookAround();
    }, WATCH_MS);
    this.#scheduler.add(runner);
  }

  /** Ends the threads. Everything has been drained. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    this.#scheduler.close();
    await this.#changes;
    for (const slot of this.#slots) await slot.close();
  }

  #lookAround(): void {
    const now = this.#options.now();
    this.#scheduler.crowded = this.#crowding.look();
    for (const runner of this.#scheduler.backlogged) runner.sweep();
    for (const slot of this.#slots) {
      const flight = slot.overstaying(now);
      if (flight !== undefined) this.#giveUp(slot, flight);
    }
    if (this.#scheduler.backlogged.size > 0 || this.busyLanes > 0) return;
    this.#scheduler.rest();
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  /**
   * A run that does not end cannot be stopped: its thread is written off and its sessions are loaded on another. One
   * strange request does not cost a version its life; a version that does it again does.
   */
  #giveUp(slot: LaneSlot, flight: Flight): void {
    const { lane } = flight;
    // A shadow that costs lanes costs its version its life as well: it is the same model.
    const runner = this.#runners.get(flight.runner.session) ?? flight.runner;
    const reason = overstayReason(runner.spec);
    runner.overstays += 1;
    const fails = runner.overstays >= OVERSTAYS_MAX;
    const vacant = slot.giveUp(flight, reason);
    if (fails) this.#options.onVersionFault(runner, `${reason}, ${String(runner.overstays)} times`);
    this.#options.onLaneLost({ lane: lane.id, reason, stuck: true });
    if (vacant) void this.#replace(slot, new Set(fails ? [runner.session] : []));
  }

  async #replace(slot: LaneSlot, without: ReadonlySet<number>): Promise<void> {
    const now = this.#options.now();
    this.#losses = [...this.#losses.filter((at) => now - at < LOSS_MEMORY_MS), now];
    const delayMs = Math.min(REPLACE_DELAY_MAX_MS, REPLACE_DELAY_MS * 2 ** (this.#losses.length - 1));
    await this.#change(async () => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const failed = await slot.replace(without);
      this.#options.onLaneReplaced({ lane: slot.lane.id, ms: Math.round(this.#options.now() - now) });
      for (const { session, reason } of failed) {
        const runner = this.#runners.get(session);
        if (runner !== undefined) {
          this.#options.onVersionFault(runner, `it did not load again after a lane was lost: ${reason}`);
        }
      }
    }).catch((caught: unknown) => {
      // The new thread was lost as well: its own onLost has not been heard, since it never took the place.
      this.#options.onLaneLost({ lane: slot.lane.id, reason: describeError(caught), stuck: false });
      void this.#replace(slot, without);
    });
    this.#scheduler.schedule();
  }

  /** Queues a change behind those before it. */
  #change(work: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(work);
    this.#changes = done.catch(() => undefined);
    return done;
  }
}

/** How long a lane that loads the version cannot run: loading, warming, golden examples. */
function stallMs(report: QualificationReport): number {
  return report.loadMs + 2 * (report.singleRunMs + report.batchRunMs);
}
