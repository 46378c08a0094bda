/** One after the other, in the order in which they came, with a bounded number of them waiting. */
import { ServerError } from '../../domain/errors.ts';

/** A change takes some milliseconds: this many are longer than most callers wait. */
const MAX_WAITING = 1000;

export class Turns {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  take<T>(task: () => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(closed());
    if (this.#waiting === MAX_WAITING) {
      const message = `${MAX_WAITING} changes of the registry are waiting already; retry with back-off`;
      return Promise.reject(new ServerError('resource_exhausted', message));
    }
    this.#waiting += 1;
    const turn = this.#last.then(() => {
      this.#waiting -= 1;
      if (this.#isClosed) throw closed();
      return task();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Those that wait fail; resolves when the one that runs has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }
}

function closed(): ServerError {
  return new ServerError('unavailable', 'the registry is closing; retry when the admin process is back');
}
