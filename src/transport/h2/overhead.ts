/** What a connection may ask of the server beside calls: an account that floods overdraw, and honest clients do not. */

/** Where an account begins, and the most that it holds. */
const MOST = 10_000;

/** What comes back by itself, per second. */
const PER_SECOND = 500;

/**
 * What frames cost. A broken rule costs more than a call brings in: honest clients break none, and each makes the
 * server reset something.
 */
export const COST = { frame: 1, settings: 10, brokenRule: 40 } as const;

/** Each frame that is no call costs one; each call and each frame of replies brings some back. */
export const CREDIT = { call: 20, dataSent: 4, message: 8 } as const;

export class Overhead {
  #left = MOST;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  /** False: the account is empty, and the connection is to be ended. */
  spend(cost: number): boolean {
    this.#left -= cost;
    return this.#left >= 0;
  }

  earn(credit: number): void {
    if (this.#left < MOST) this.#left += credit;
  }

  /** To be called now and then, at least once a second or so. */
  refill(now: number): void {
    this.#left = Math.min(MOST, this.#left + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
  }
}
