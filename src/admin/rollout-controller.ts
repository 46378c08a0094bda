/** Keeps all open rollouts going: each is looked at when evidence comes, when something about it changes, and each second. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { RolloutFollower } from './rollout-follower.ts';
import type { FollowerOptions } from './rollout-follower.ts';
import type { Seen } from './rollout-record.ts';

/** Deadlines and holds are looked at this often. */
const TICK_MS = 1_000;
/** Evidence that comes together is looked at together. */
const GATHER_MS = 20;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;
/** A rollout of each model is open at most; more models than this are looked at in turn. */
const MAX_OPEN = 10_000;

export class RolloutController {
  readonly #options: FollowerOptions;
  readonly #followers = new Map<number, RolloutFollower>();
  readonly #due = new Set<RolloutFollower>();
  readonly #stops: (() => void)[] = [];
  readonly #stopped = new AbortController();
  readonly #listeners = new Set<(model: string) => void>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #gathering: NodeJS.Timeout | undefined;
  /** Models that may have a rollout that is not yet followed. */
  readonly #unknown = new Set<string>();

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
        if (source === 'store') {
          controller.#unknown.add(model);
          for (const follower of controller.#of(model)) follower.touch();
        }
        controller.#touch(model);
      }),
      evidence.listen((rows) => {
        for (const row of rows) {
          for (const follower of controller.#of(row.model)) {
            if (row.kind === 'arm') follower.offer(row);
            controller.#due.add(follower);
          }
        }
        if (controller.#due.size > 0) controller.#soon();
      }),
    );
    controller.#timer = setInterval(() => {
      for (const follower of controller.#followers.values()) controller.#due.add(follower);
      if (controller.#due.size > 0) controller.#soon();
    }, TICK_MS);
    controller.#soon();
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
    this.#stopped.abort();
    for (const stop of this.#stops) stop();
    clearInterval(this.#timer);
    clearTimeout(this.#gathering);
    await this.#looking;
  }

  #of(model: string): readonly RolloutFollower[] {
    return [...this.#followers.values()].filter((follower) => follower.model === model);
  }

  #follow(id: number, model: string): void {
    if (this.#followers.has(id)) return;
    const follower = new RolloutFollower(id, model, this.#options);
    this.#followers.set(id, follower);
    this.#due.add(follower);
  }

  #touch(model: string): void {
    for (const follower of this.#of(model)) this.#due.add(follower);
    if (this.#due.size > 0 || this.#unknown.size > 0) this.#soon();
  }

  #soon(): void {
    if (this.#stopped.signal.aborted || this.#looking !== undefined) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#looking = this.#lookAll().finally(() => {
        this.#looking = undefined;
        if (this.#due.size > 0 || this.#unknown.size > 0) this.#soon();
      });
    }, GATHER_MS);
  }

  /** Never rejects: what fails is told and tried again, after a while that grows. */
  async #lookAll(): Promise<void> {
    const { signal } = this.#stopped;
    let retryMs = FIRST_RETRY_MS;
    let looked: RolloutFollower | undefined;
    while (!signal.aborted) {
      try {
        await this.#discover();
        for (const follower of this.#due) {
          // What comes while it is looked at is looked at next.
          this.#due.delete(follower);
          looked = follower;
          const isOpen = await follower.look();
          looked = undefined;
          if (!isOpen) this.#followers.delete(follower.id);
          for (const listener of [...this.#listeners]) listener(follower.model);
        }
        return;
      } catch (caught) {
        this.#options.onFault('a rollout could not be looked at; it is tried again', caught);
        if (looked !== undefined) this.#due.add(looked);
        looked?.touch();
        await pauseFor(retryMs, undefined, { signal }).catch(() => undefined);
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
      }
    }
  }

  async #discover(): Promise<void> {
    for (const model of [...this.#unknown]) {
      const { store } = this.#options.context;
      for (const { id } of await store.documents({ kind: 'rollout', model, open: true }, { limit: 1 })) {
        this.#follow(id, model);
      }
      this.#unknown.delete(model);
    }
  }
}
