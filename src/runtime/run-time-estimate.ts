/** How long a run of so many rows will take: qualification's measure, corrected by what is seen. */

/** Weight of the newest observation. */
const SMOOTHING = 0.1;
/** One observation moves the correction by no more than this factor, so that a pause of the machine is no news. */
const MAX_STEP = 4;

/** CPU that a batch costs besides its run: a message there and back, and two wake-ups. */
const HOP_MS = 0.2;
/** What a row of a full batch may cost beyond one of the largest. */
const WASTE = 0.05;

/** Linear in the rows, as matrix products on a CPU nearly are: a + b·rows through the two measured points. */
export class RunTimeEstimate {
  readonly #singleMs: number;
  readonly #perRowMs: number;
  #correction = 1;

  constructor(measured: { singleRunMs: number; batchRunMs: number; batchRows: number }) {
    this.#singleMs = Math.max(measured.singleRunMs, 0.001);
    const growth = Math.max(0, measured.batchRunMs - measured.singleRunMs);
    this.#perRowMs = measured.batchRows > 1 ? growth / (measured.batchRows - 1) : measured.singleRunMs;
  }

  estimateMs(rows: number): number {
    return this.#correction * this.#plain(rows);
  }

  /**
   * Rows at which a batch is full: the fewest that cost, each, at most 5 % more than those of the largest batch, the
   * hop to the lane included. More would make no row cheaper, only every caller of the batch wait for the others.
   */
  fullRows(maxRows: number): number {
    const fixedMs = HOP_MS + this.#singleMs - this.#perRowMs;
    const bestMs = fixedMs / maxRows + this.#perRowMs;
    const spareMs = (1 + WASTE) * bestMs - this.#perRowMs;
    return Math.max(1, Math.min(maxRows, Math.ceil(fixedMs / spareMs)));
  }

  observe(rows: number, computeMs: number): void {
    const ratio = computeMs / this.#plain(rows);
    const bounded = Math.min(Math.max(ratio, this.#correction / MAX_STEP), this.#correction * MAX_STEP);
    this.#correction += SMOOTHING * (bounded - this.#correction);
  }

  #plain(rows: number): number {
    return this.#singleMs + this.#perRowMs * (rows - 1);
  }
}
