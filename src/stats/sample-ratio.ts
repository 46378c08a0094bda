/** Whether the arms got the shares of units that they were given: sample ratio mismatch, at a fixed size. */
import assert from 'node:assert/strict';
import type { ChiSquaredTest } from './chi-squared.ts';
import { totalOf } from './chi-squared.ts';
import type { Undecided } from './moments.ts';
import { chiSquaredUpper } from './special.ts';

/**
 * Σ (o - e)²/e over the arms of a weight above 0, with one degree of freedom fewer than there are of them (Fabijan et
 * al. 2019 alarm below 0.001). `leaked` counts the units of arms of weight 0: those can be no chance, and are in no
 * sum.
 *
 * Weights in any unit. Counts are of independent units, of a span in which the weights did not change. Undefined with
 * fewer than two arms that have a weight, or without units in them.
 */
export function sampleRatioTest({
  counts,
  weights,
}: {
  counts: readonly number[];
  weights: readonly number[];
}): (ChiSquaredTest | Undecided) & { readonly leaked: number } {
  assert(counts.length === weights.length, `${counts.length} counts of ${weights.length} arms`);
  const arms = counts.map((count, at) => ({ count, weight: weights[at] ?? 0 }));
  const used = arms.filter(({ weight }) => weight > 0);
  const total = totalOf(used.map(({ count }) => count));
  const leaked = totalOf(counts) - total;
  if (used.length < 2) return { kind: 'undefined', reason: 'fewer than two arms have a weight', leaked };
  if (total === 0) return { kind: 'undefined', reason: 'no units yet', leaked };

  const weight = totalOf(used.map((arm) => arm.weight));
  const expected = used.map((arm) => (total * arm.weight) / weight);
  const statistic = used.reduce((sum, arm, at) => {
    const e = expected[at] ?? 0;
    return sum + (arm.count - e) ** 2 / e;
  }, 0);
  const degreesOfFreedom = used.length - 1;
  return {
    kind: 'tested',
    statistic,
    degreesOfFreedom,
    pValue: chiSquaredUpper({ x: statistic, df: degreesOfFreedom }),
    smallestExpected: Math.min(...expected),
    leaked,
  };
}
