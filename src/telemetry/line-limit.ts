/** Lets one log line through per interval, and counts those that it holds back. */
export class LineLimit {
  readonly #intervalMs: number;
  readonly #now: () => number;
  #nextAt = -Infinity;
  #suppressed = 0;

  /** `now` is the monotonic clock. */
  constructor({ intervalMs, now }: { intervalMs: number; now: () => number }) {
    this.#intervalMs = intervalMs;
    this.#now = now;
  }

  /** How many lines were held back since the last one, or undefined when this one is held back too. */
  take(): number | undefined {
    const now = this.#now();
    if (now < this.#nextAt) {
      this.#suppressed += 1;
      return undefined;
    }
    this.#nextAt = now + this.#intervalMs;
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return suppressed;
  }
}
