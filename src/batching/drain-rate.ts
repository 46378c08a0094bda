/** How fast a version's queue drains: the measure by which a call is refused at once when it would wait too long. */

/** What is kept of the past at each batch: the last ten or so count. */
const MEMORY = 0.9;

export class DrainRate {
  /** Sums that fade: their ratio is the mean per row, which the mean of the ratios would not be. */
  #rows = 1;
  #ms: number;
  #backloggedSince: number | undefined;

  /** @param msPerRow first guess, from qualification; it weighs as much as one row. */
  constructor(msPerRow: number) {
    this.#ms = msPerRow;
  }

  get msPerRow(): number {
    return this.#ms / this.#rows;
  }

  /**
   * A batch left the queue. Only intervals during which something always waited are samples: then the time between
   * two batches is what the rows cost, whatever it was spent on (this version, others, the transport).
   */
  dispatched(batch: { rows: number; now: number; rowsLeft: number }): void {
    if (this.#backloggedSince !== undefined && batch.rows > 0) {
      this.#rows = MEMORY * this.#rows + batch.rows;
      this.#ms = MEMORY * this.#ms + batch.now - this.#backloggedSince;
    }
    this.#backloggedSince = batch.rowsLeft > 0 ? batch.now : undefined;
  }

  /** The queue was emptied by other means than a batch. */
  emptied(): void {
    this.#backloggedSince = undefined;
  }

  /** Milliseconds until a row behind `rowsAhead` others is dispatched. */
  expectedWaitMs(rowsAhead: number): number {
    return rowsAhead * this.msPerRow;
  }
}
