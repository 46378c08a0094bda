/** Work that no caller waits for, on the thread that answers them: in later turns, in small parts, within a budget. */

/** Tasks; each holds what it is about. */
const MAX_WAITING = 256;
/** So that what was saved up is not spent in one burst, which the callers of that moment would notice. */
const MAX_PROMISED = 16;
/**
 * Of all time; what is not used is saved up, as much as five seconds bring. At half of a server's peak callers do not
 * notice so much, and at 5 % their p99 is 1.6 times as long (benchmarks/shadow.ts). It is some 900 pairs a second.
 */
const SHARE = 0.01;
const MAX_SAVED_MS = 50;
/** Then sockets and lanes have their turn. */
const TURN_MS = 0.5;
/** How much the last task counts in the mean of what tasks take. */
const MEMORY = 0.05;

/** Neither may throw. */
export interface SpareTask {
  run(): void;
  /** Instead of it, where there is no time. */
  skip(): void;
}

export class SpareTime {
  readonly #now: () => number;
  readonly #later: (turn: () => void) => void;
  readonly #waiting: SpareTask[] = [];
  #scheduled = false;
  /** Tasks that were promised and have neither been offered nor given up. */
  #promised = 0;
  /** What a task takes, of late. */
  #taskMs = 0.01;
  /** Below 0 where a task took longer than was saved. */
  #savedMs = MAX_SAVED_MS;
  #at: number;

  /** `now` is the monotonic clock in ms; `later` runs its argument in a later turn of the event loop. */
  constructor({ now, later = setImmediate }: { now: () => number; later?: (turn: () => void) => unknown }) {
    this.#now = now;
    this.#later = later;
    this.#at = now();
  }

  /**
   * Whether there will be time for one task more, which is then expected: work that leads to it is in vain otherwise.
   * `settle` is to be called once, when it is offered or will not be.
   */
  promise(): boolean {
    const ahead = this.#promised + this.#waiting.length;
    if (ahead >= MAX_PROMISED) return false;
    const savedMs = Math.min(MAX_SAVED_MS, this.#savedMs + SHARE * (this.#now() - this.#at));
    if (savedMs < (ahead + 1) * this.#taskMs) return false;
    this.#promised += 1;
    return true;
  }

  settle(): void {
    this.#promised -= 1;
  }

  offer(task: SpareTask): void {
    if (this.#waiting.length >= MAX_WAITING) {
      task.skip();
      return;
    }
    this.#waiting.push(task);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => {
      this.#scheduled = false;
      this.#turn();
    });
  }

  #turn(): void {
    const startedAt = this.#now();
    this.#savedMs = Math.min(MAX_SAVED_MS, this.#savedMs + SHARE * (startedAt - this.#at));
    this.#at = startedAt;
    let spentMs = 0;
    while (spentMs < TURN_MS) {
      const task = this.#waiting.shift();
      if (task === undefined) break;
      const before = spentMs;
      const hasTime = spentMs < this.#savedMs;
      if (hasTime) task.run();
      else task.skip();
      spentMs = this.#now() - startedAt;
      if (hasTime) this.#taskMs += MEMORY * (spentMs - before - this.#taskMs);
    }
    this.#savedMs -= spentMs;
    if (this.#waiting.length > 0) this.#schedule();
  }
}
