/** Whether two versions rank the classes alike: the best class of each row, and the best few. */
import type { OutputTotals } from '../domain/comparison.ts';

const TOP = 5;

/** Rows of `classes` scores each. Of equal scores the first class ranks first; NaN ranks last. */
export function compareScores(
  live: Float64Array,
  shadow: Float64Array,
  classes: number,
): Pick<OutputTotals, 'rows' | 'argmaxAgreed' | 'topKOverlapSum' | 'topK'> {
  const topK = Math.min(TOP, classes);
  const rows = Math.floor(live.length / classes);
  const [a, b] = [new Best(TOP), new Best(TOP)];
  let argmaxAgreed = 0;
  let topKOverlapSum = 0;
  for (let from = 0; from < rows * classes; from += classes) {
    if (argmax(live, from, classes) === argmax(shadow, from, classes)) argmaxAgreed += 1;
    // Of no more classes than that all are among the best.
    if (classes > TOP) {
      a.rank(live, from, classes);
      b.rank(shadow, from, classes);
    }
    topKOverlapSum += classes > TOP ? a.common(b) / topK : 1;
  }
  return { rows, argmaxAgreed, topKOverlapSum, topK };
}

function argmax(scores: Float64Array, from: number, classes: number): number {
  let best = 0;
  let highest = -Infinity;
  for (let index = 0; index < classes; index += 1) {
    const score = scores[from + index] ?? NaN;
    if (score <= highest || Number.isNaN(score)) continue;
    highest = score;
    best = index;
  }
  return best;
}

/** The classes of the highest scores, the highest first. */
class Best {
  readonly #classes: Int32Array;
  readonly #scores: Float64Array;

  constructor(count: number) {
    this.#classes = new Int32Array(count);
    this.#scores = new Float64Array(count);
  }

  rank(scores: Float64Array, from: number, count: number): void {
    const classes = this.#classes;
    const best = this.#scores;
    const last = classes.length - 1;
    let filled = 0;
    for (let index = 0; index < count; index += 1) {
      const given = scores[from + index] ?? NaN;
      const score = Number.isNaN(given) ? -Infinity : given;
      if (filled > last && score <= (best[last] ?? 0)) continue;
      let place = Math.min(filled, last);
      for (; place > 0 && score > (best[place - 1] ?? 0); place -= 1) {
        best[place] = best[place - 1] ?? 0;
        classes[place] = classes[place - 1] ?? 0;
      }
      best[place] = score;
      classes[place] = index;
      filled += 1;
    }
  }

  common(other: Best): number {
    let count = 0;
    for (const index of this.#classes) if (other.#classes.includes(index)) count += 1;
    return count;
  }
}
