/** How soon a process that ended by itself is started again. */
import { backOffMs } from './back-off.ts';

/** Losses this long ago no longer count as being in a row. */
const LOSS_MEMORY_MS = 60_000;

export class Restarts {
  readonly #now: () => number;
  #losses: number[] = [];

  /** `now` is monotonic, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a loss; milliseconds to wait before the next start. */
  next(): number {
    const now = this.#now();
    this.#losses = [...this.#losses.filter((at) => now - at < LOSS_MEMORY_MS), now];
    return backOffMs(this.#losses.length);
  }
}
