/** Whether two versions rank the classes alike: the best class of each row, and the best few. */
import type { OutputTotals } from '../domain/comparison.ts';
import type { Elements } from '../domain/elements.ts';

const TOP = 5;

/** Rows of `classes` scores each. Of equal scores the first class ranks first; NaN ranks last. */
export function compareScores(
  live: Elements,
  shadow: Elements,
  classes: number,
): Pick<OutputTotals, 'rows' | 'argmaxAgreed' | 'topKOverlapSum' | 'topK'> {
  const topK = Math.min(TOP, classes);
  const rows = Math.floor(live.length / classes);
  let argmaxAgreed = 0;
  let topKOverlapSum = 0;
  for (let row = 0; row < rows; row += 1) {
    const a = best(live, row * classes, classes);
    const b = best(shadow, row * classes, classes);
    if (a[0] === b[0]) argmaxAgreed += 1;
    topKOverlapSum += a.filter((index) => b.includes(index)).length / topK;
  }
  return { rows, argmaxAgreed, topKOverlapSum, topK };
}

/** The classes of the highest scores, the highest first. */
function best(scores: Elements, from: number, classes: number): readonly number[] {
  const chosen: number[] = [];
  const values: number[] = [];
  for (let index = 0; index < classes; index += 1) {
    const value = rankable(scores[from + index]);
    let place = chosen.length;
    while (place > 0 && value > (values[place - 1] ?? -Infinity)) place -= 1;
    if (place >= TOP) continue;
    chosen.splice(place, 0, index);
    values.splice(place, 0, value);
    if (chosen.length <= TOP) continue;
    chosen.pop();
    values.pop();
  }
  return chosen;
}

function rankable(value: number | bigint | string | undefined): number {
  return typeof value === 'number' && !Number.isNaN(value) ? value : -Infinity;
}
