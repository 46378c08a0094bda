/** A limited number of places for calls that go on for a while. */
import { ServerError } from '../../domain/errors.ts';

export class Places {
  readonly #most: number;
  readonly #what: string;
  #taken = 0;

  /** `what` names the calls in the sentence of those that are refused: "watches". */
  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  /** Runs `work` in a place of its own, or refuses with RESOURCE_EXHAUSTED. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#most) {
      throw new ServerError(
        'resource_exhausted',
        `${this.#most} ${this.#what} are open, as many as there may be; end one`,
      );
    }
    this.#taken += 1;
    try {
      return await work();
    } finally {
      this.#taken -= 1;
    }
  }
}
