/** The calls of one version that do not get to run: counts them by role, and makes the error that each is told. */
import { ServerError } from '../domain/errors.ts';
import type { Cancellation } from '../domain/predict.ts';
import type { VersionSpec } from '../domain/version.ts';
import type { RefusalReason } from '../monitor/series.ts';
import type { VersionStats } from '../monitor/version-stats.ts';
import { cancelledWhileWaiting, expiredWhileWaiting } from './refusals.ts';

/** A call that leaves the queue without an answer. */
interface Leaving {
  readonly signal: Cancellation;
  readonly reject: (error: ServerError) => void;
}

/** A copy for a shadow was let go before it ran; it has been counted as dropped. */
export class DroppedError extends ServerError {
  constructor(cause: ServerError) {
    super('resource_exhausted', cause.message);
  }
}

export class Unserved {
  readonly #spec: VersionSpec;
  readonly #stats: VersionStats;

  constructor({ spec, stats }: { spec: VersionSpec; stats: VersionStats }) {
    this.#spec = spec;
    this.#stats = stats;
  }

  /** For a call that is not accepted. */
  refuse(reason: RefusalReason, error: ServerError): ServerError {
    if (this.#stats.role === 'shadow') return this.#drop(error);
    this.#stats.recordRefusal(reason);
    return error;
  }

  /** For calls that were cancelled or ran out of time while they waited. */
  dismiss(gone: readonly Leaving[]): void {
    for (const { signal, reject } of gone) {
      const error = signal.aborted ? cancelledWhileWaiting() : expiredWhileWaiting(this.#spec);
      if (this.#stats.role === 'shadow') {
        reject(this.#drop(error));
        continue;
      }
      if (signal.aborted) this.#stats.recordCancelled();
      else this.#stats.recordExpired();
      reject(error);
    }
  }

  /** For calls that were accepted by a version that runs nothing any more. */
  turnAway(members: readonly Leaving[], reason: string): void {
    for (const { reject } of members) {
      const error = new ServerError('unavailable', reason);
      reject(this.#stats.role === 'shadow' ? this.#drop(error) : error);
    }
  }

  /** Whatever the cause: a copy that does not run is no request, and says nothing about its version. */
  #drop(cause: ServerError): DroppedError {
    this.#stats.recordDropped();
    return new DroppedError(cause);
  }
}
