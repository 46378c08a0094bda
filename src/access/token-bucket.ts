/** How many calls one token has left: so many per second, and so many at once. */

export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  /** @param now Monotonic milliseconds. */
  constructor({ requestsPerSecond, burst }: { requestsPerSecond: number; burst: number }, now: number) {
    this.#perMs = requestsPerSecond / 1000;
    this.#burst = burst;
    this.#left = burst;
    this.#at = now;
  }

  /** 0 = the call is let in and counted; else the milliseconds after which one would be. */
  take(now: number): number {
    this.#left = Math.min(this.#burst, this.#left + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#left >= 1) {
      this.#left -= 1;
      return 0;
    }
    return (1 - this.#left) / this.#perMs;
  }
}
