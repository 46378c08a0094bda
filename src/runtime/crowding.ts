/** Whether the transport's thread and the lanes together want more cores than there are. */

/** From this share of its time on, the transport's thread counts as one that needs a core. */
const BUSY = 0.3;
/** Weight of the newest look. */
const SMOOTHING = 0.2;

export class Crowding {
  readonly #scarce: boolean;
  #last = performance.eventLoopUtilization();
  #busy = 0;

  /** Where lanes leave a core to the transport, it is never crowded. */
  constructor({ lanes, cores }: { lanes: number; cores: number }) {
    this.#scarce = lanes >= cores && lanes > 1;
  }

  /** To be called every few milliseconds while there is work. */
  look(): boolean {
    if (!this.#scarce) return false;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    this.#busy += SMOOTHING * (utilization - this.#busy);
    return this.#busy > BUSY;
  }
}
