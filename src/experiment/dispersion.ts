/**
 * How much more counts vary than independent calls would: callers who call often make them vary more.
 *
 * Source: Rao & Scott, "The analysis of categorical data from complex sample surveys" (JASA 1981): counts divided by
 * their design effect, the variance that is seen between parts of the sample over the variance that independent calls
 * would have, may be tested as if their calls were independent.
 */

/** One count: how far it is from what is expected, and how it varies where calls are independent. */
interface Cell {
  readonly miss: number;
  readonly variance: number;
  /** Kurtosis, less 3. */
  readonly kurtosis: number;
}

/** An estimate within so many of its standard deviations of 1 is chance. */
const CHANCE = 3;

/** Of calls that each arm had in each part of its slots: Poisson where independent. 1 = no more than chance makes. */
export function dispersionOfCalls(
  arms: readonly { readonly calls: readonly number[]; readonly slots: readonly number[] }[],
): number {
  const cells = arms.map(({ calls, slots }): readonly Cell[] => {
    const rate = sumOf(calls) / sumOf(slots);
    return cellsWhere(slots, (part) => {
      const variance = rate * (slots[part] ?? 0);
      return { miss: (calls[part] ?? 0) - variance, variance, kurtosis: 1 / variance };
    });
  });
  return dispersion(cells);
}

/** Of the predictions with an outcome, among the calls that each arm had in each part: binomial where independent. */
export function dispersionOfReports(
  arms: readonly { readonly calls: readonly number[]; readonly reported: readonly number[] }[],
): number {
  const cells = arms.map(({ calls, reported }): readonly Cell[] => {
    const rate = Math.min(1, sumOf(reported) / sumOf(calls));
    return cellsWhere(calls, (part) => {
      const all = calls[part] ?? 0;
      const variance = all * rate * (1 - rate);
      const miss = Math.min(reported[part] ?? 0, all) - all * rate;
      return { miss, variance, kurtosis: (1 - 6 * rate * (1 - rate)) / variance };
    });
  });
  return dispersion(cells);
}

function cellsWhere(sizes: readonly number[], cellOf: (part: number) => Cell): readonly Cell[] {
  const cells = sizes.flatMap((size, part) => (size > 0 ? [cellOf(part)] : []));
  return cells.filter(({ variance }) => variance > 0);
}

/** Σ miss² / Σ variance. One degree of freedom of each arm goes to its rate. */
function dispersion(arms: readonly (readonly Cell[])[]): number {
  const cells = arms.flat();
  const freedom = arms.reduce((sum, own) => sum + Math.max(0, own.length - 1), 0);
  if (freedom === 0) return 1;
  const whole = (sumOf(cells.map(({ variance }) => variance)) * freedom) / cells.length;
  const found = sumOf(cells.map(({ miss }) => miss ** 2)) / whole;
  const spread = cells.map(({ variance, kurtosis }) => variance ** 2 * Math.max(0, 2 + kurtosis));
  return found > 1 + (CHANCE * Math.sqrt(sumOf(spread))) / whole ? found : 1;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
