/** The pairs that differ most, for a person to look at. */

export interface ComparisonExample {
  /** Epoch ms. */
  readonly at: number;
  /** See PairComparison. */
  readonly score: number;
  readonly output: string;
  /** JSON of tensors by name. */
  readonly inputs: string;
  readonly live: string;
  readonly shadow: string;
  readonly summary: string;
}

export const MAX_EXAMPLES = 10;

/** Whether one with this score would be kept: of equal ones the first. */
export function isAmongWorst(kept: readonly ComparisonExample[], score: number): boolean {
  return kept.length < MAX_EXAMPLES || score > (kept.at(-1)?.score ?? -Infinity);
}

/** The worst first; of equal ones the earlier. */
export function worstOf(examples: readonly ComparisonExample[]): readonly ComparisonExample[] {
  // Two infinities have no difference.
  const order = (a: ComparisonExample, b: ComparisonExample): number =>
    a.score === b.score ? a.at - b.at : b.score - a.score;
  return examples.toSorted(order).slice(0, MAX_EXAMPLES);
}
