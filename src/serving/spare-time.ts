/** Work that no caller waits for, on the thread that answers them: in later turns, in small parts, within a budget. */

/** Tasks; each holds what it is about. */
const MAX_WAITING = 256;
/** Of all time; what is not used is saved up, as much as a second brings. */
const SHARE = 0.05;
const MAX_SAVED_MS = 50;
/** Then sockets and lanes have their turn. */
const TURN_MS = 0.5;

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
  /** Below 0 where a task took longer than was saved. */
  #savedMs = MAX_SAVED_MS;
  #at: number;

  /** `now` is the monotonic clock in ms; `later` runs its argument in a later turn of the event loop. */
  constructor({ now, later = setImmediate }: { now: () => number; later?: (turn: () => void) => unknown }) {
    this.#now = now;
    this.#later = later;
    this.#at = now();
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
      if (spentMs < this.#savedMs) task.run();
      else task.skip();
      spentMs = this.#now() - startedAt;
    }
    this.#savedMs -= spentMs;
    if (this.#waiting.length > 0) this.#schedule();
  }
}
