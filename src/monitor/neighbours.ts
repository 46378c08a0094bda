/**
 * Pairs of neighbours: of the calls in the order in which they came the first and the second, the third and the fourth
 * and so on. A pair in which chance sent one call to each arm compares them in the same moment, whatever load does.
 *
 * A pair is counted when both calls were answered well, and where no call of either run was counted before: calls of
 * one run share their fate. One call waits for the next at most; all others are held by who answers them, so a pair of
 * which one call is never answered is forgotten with it.
 */
import { Histogram } from './histogram.ts';

export interface RunTime {
  /** Equal for all calls of one run, and for no others. */
  readonly id: symbol;
  readonly computeMs: number;
}

/** Of a call that was answered well. */
export interface Took {
  /** The whole request. */
  readonly ms: number;
  readonly run: RunTime;
}

/** How long calls of one arm took that stand for their runs. */
export class RunTimes {
  readonly request = new Histogram();
  readonly compute = new Histogram();

  record({ ms, run }: Took): void {
    this.request.record(ms / 1000);
    this.compute.record(run.computeMs / 1000);
  }
}

/** A call that came, and what is known of its pair. */
export interface Neighbour {
  readonly times: RunTimes;
  /** Of the other arm; undefined = none yet, or of the same. */
  partner: Neighbour | undefined;
  took: Took | undefined;
}

export class Neighbours {
  #single: Neighbour | undefined;
  readonly #counted = new WeakSet<symbol>();

  /** @param times of the call's arm. */
  arrive(times: RunTimes): Neighbour {
    const call: Neighbour = { times, partner: undefined, took: undefined };
    const before = this.#single;
    if (before === undefined) {
      this.#single = call;
      return call;
    }
    this.#single = undefined;
    if (before.times !== times) {
      before.partner = call;
      call.partner = before;
    }
    return call;
  }

  /** The call was answered well: its pair is counted where that is the second of it. */
  answered(call: Neighbour, took: Took): void {
    call.took = took;
    const { partner } = call;
    if (partner?.took === undefined) return;
    const [run, otherRun] = [took.run.id, partner.took.run.id];
    if (this.#counted.has(run) || this.#counted.has(otherRun)) return;
    this.#counted.add(run).add(otherRun);
    call.times.record(took);
    partner.times.record(partner.took);
  }
}
