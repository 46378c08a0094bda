/**
 * Keeps all open rollouts going: each is looked at when evidence comes, when something about it changes, and each
 * second.
 */
import { RolloutFollower } from './rollout-follower.ts';
import type { FollowerOptions } from './rollout-follower.ts';
import type { Seen } from './rollout-body.ts';

/** Deadlines and holds are looked at this often. */
const TICK_MS = 1_000;
/** Evidence that comes together is looked at together. */
const GATHER_MS = 20;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;
/** A rollout of each model is open at most; no more than this are gone on with. */
const MAX_OPEN = 10_000;

/** The number of a followed rollout that is to be looked at, or a model that may have one which is not yet followed. */
type Work = number | string;

export class RolloutController {
  readonly #options: FollowerOptions;
  readonly #followers = new Map<number, RolloutFollower>();
  readonly #due = new Set<Work>();
  /** What failed, and is not tried again before this timer ends. */
  readonly #resting = new Map<Work, NodeJS.Timeout>();
  /** How long each rested last, of what has not succeeded since. */
  readonly #restedMs = new Map<Work, number>();
  readonly #stops: (() => void)[] = [];
  readonly #listeners = new Set<(model: string) => void>();
  #ticks: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Goes on with all rollouts that are open. */
  static async open(options: FollowerOptions): Promise<RolloutController> {
    const controller = new RolloutController(options);
    const { context, evidence } = options;
    for (const { id, model } of await context.store.documents({ kind: 'rollout', open: true }, { limit: MAX_OPEN })) {
      controller.#follow(id, model);
    }
    controller.#stops.push(
      context.changes.listen((model, source) => {
        for (const follower of controller.#of(model)) {
          if (source === 'store') follower.touch();
          controller.#add(follower.id);
        }
        if (source === 'store') controller.#add(model);
      }),
      evidence.listen((rows) => {
        for (const row of rows) {
          for (const follower of controller.#of(row.model)) {
            if (row.kind === 'arm') follower.offer(row);
            controller.#add(follower.id);
          }
        }
      }),
    );
    controller.#ticks = setInterval(() => {
      for (const id of controller.#followers.keys()) controller.#add(id);
    }, TICK_MS);
    return controller;
  }

  /** What the evidence of an open rollout said when it was last looked at. */
  live(id: number): Seen | undefined {
    return this.#followers.get(id)?.seen;
  }

  /** Calls back with the model of each open rollout after each look. Returns the way to stop it. */
  listen(listener: (model: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for the look that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    clearInterval(this.#ticks);
    clearTimeout(this.#gathering);
    for (const timer of this.#resting.values()) clearTimeout(timer);
    await this.#looking;
  }

  #of(model: string): readonly RolloutFollower[] {
    return [...this.#followers.values()].filter((follower) => follower.model === model);
  }

  #follow(id: number, model: string): void {
    if (this.#followers.has(id)) return;
    this.#followers.set(id, new RolloutFollower(id, model, this.#options));
    this.#add(id);
  }

  /** What rests is looked at when that is over. */
  #add(work: Work): void {
    if (this.#resting.has(work)) return;
    this.#due.add(work);
    this.#soon();
  }

  #soon(): void {
    if (this.#isClosed || this.#looking !== undefined) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#looking = this.#lookAll().finally(() => {
        this.#looking = undefined;
        if (this.#due.size > 0) this.#soon();
      });
    }, GATHER_MS);
  }

  /** Never rejects. One rollout that cannot be looked at keeps no other from being looked at. */
  async #lookAll(): Promise<void> {
    for (const work of this.#due) {
      if (this.#isClosed) return;
      // What comes while it is looked at is looked at next.
      this.#due.delete(work);
      try {
        await (typeof work === 'string' ? this.#discover(work) : this.#look(work));
        this.#restedMs.delete(work);
      } catch (caught) {
        const what = typeof work === 'string' ? `the open rollout of model "${work}"` : `rollout ${work}`;
        this.#options.onFault(`${what} could not be looked at; it is tried again`, caught);
        this.#rest(work);
      }
    }
  }

  /** For longer with each failure in a row. */
  #rest(work: Work): void {
    if (this.#isClosed) return;
    const ms = Math.min(MAX_RETRY_MS, 2 * (this.#restedMs.get(work) ?? FIRST_RETRY_MS / 2));
    const timer = setTimeout(() => {
      this.#resting.delete(work);
      this.#add(work);
    }, ms);
    this.#due.delete(work);
    this.#restedMs.set(work, ms);
    this.#resting.set(work, timer);
  }

  async #look(id: number): Promise<void> {
    const follower = this.#followers.get(id);
    if (follower === undefined) return;
    const isOpen = await follower.look();
    if (!isOpen) this.#followers.delete(id);
    for (const listener of [...this.#listeners]) listener(follower.model);
  }

  async #discover(model: string): Promise<void> {
    const { store } = this.#options.context;
    for (const { id } of await store.documents({ kind: 'rollout', model, open: true }, { limit: 1 })) {
      this.#follow(id, model);
    }
  }
}
