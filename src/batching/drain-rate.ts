/** How fast a version's queue drains: the measure by which a call is refused at once when it would wait too long. */

/** Weight of the newest sample. */
const SMOOTHING = 0.2;

export class DrainRate {
  #msPerRow: number;
  #backloggedSince: number | undefined;

  /** @param msPerRow first guess, from qualification. */
  constructor(msPerRow: number) {
    this.#msPerRow = msPerRow;
  }

  get msPerRow(): number {
    return this.#msPerRow;
  }

  /**
   * A batch left the queue. Only intervals during which something always waited are samples: then the time between
   * two batches is what the rows cost, whatever it was spent on (this version, others, the transport).
   */
  dispatched(batch: { rows: number; now: number; rowsLeft: number }): void {
    if (this.#backloggedSince !== undefined && batch.rows > 0) {
      const sample = (batch.now - this.#backloggedSince) / batch.rows;
      this.#msPerRow += SMOOTHING * (sample - this.#msPerRow);
    }
    this.#backloggedSince = batch.rowsLeft > 0 ? batch.now : undefined;
  }

  /** The queue was emptied by other means than a batch. */
  emptied(): void {
    this.#backloggedSince = undefined;
  }

  /** Milliseconds until a row behind `rowsAhead` others is dispatched. */
  expectedWaitMs(rowsAhead: number): number {
    return rowsAhead * this.#msPerRow;
  }
}
