/** Pearson's chi-squared test that two rows of counts come from one distribution over the same cells. */
import assert from 'node:assert/strict';
import type { Undecided } from './moments.ts';
import { chiSquaredUpper } from './special.ts';

export interface ChiSquaredTest {
  readonly kind: 'tested';
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** The least count that a cell should hold: below some 5 the p-value is rough. */
  readonly smallestExpected: number;
}

/**
 * Σ (o - e)²/e over both rows, e = row total · column total / total, with (cells - 1) degrees of freedom. Cells that
 * are empty in both rows are left out. Counts are of independent units. Undefined where a row is empty or only one
 * cell is not.
 */
export function homogeneityTest(rows: { a: readonly number[]; b: readonly number[] }): ChiSquaredTest | Undecided {
  const { a, b } = rows;
  assert(a.length === b.length, `rows of ${a.length} and ${b.length} cells cannot be compared`);
  const totalA = totalOf(a);
  const totalB = totalOf(b);
  if (totalA === 0 || totalB === 0) return { kind: 'undefined', reason: 'one of the two has no counts' };
  const shareA = totalA / (totalA + totalB);
  let cells = 0;
  let smallest = Infinity;
  let statistic = 0;
  for (const [at, count] of a.entries()) {
    const column = count + (b[at] ?? 0);
    if (column === 0) continue;
    cells++;
    smallest = Math.min(smallest, column);
    // Both rows miss their expectation by the same number.
    const miss = count - column * shareA;
    statistic += (miss * miss) / (column * shareA * (1 - shareA));
  }
  if (cells < 2) return { kind: 'undefined', reason: 'all counts are in one cell' };
  return {
    kind: 'tested',
    statistic,
    degreesOfFreedom: cells - 1,
    pValue: chiSquaredUpper({ x: statistic, df: cells - 1 }),
    smallestExpected: smallest * Math.min(shareA, 1 - shareA),
  };
}

/** Σ of counts, each of which must be one. */
export function totalOf(counts: readonly number[]): number {
  let total = 0;
  for (const count of counts) {
    assert(count >= 0 && count < Infinity, `a count is not ${count}`);
    total += count;
  }
  return total;
}
