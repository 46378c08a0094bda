/** P-values of several tests, adjusted so that each may be held against one level as if it were alone. */
import assert from 'node:assert/strict';

/**
 * Holm's step-down: the k-th smallest of m is at most the running maximum of (m - k + 1) p, capped at 1. Whatever the
 * tests have to do with each other, the chance of any false finding stays below the level (Holm 1979). In the given
 * order.
 */
export function holm(pValues: readonly number[]): number[] {
  let largest = 0;
  return adjust(ascending(pValues), (p, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    return largest;
  });
}

/**
 * Benjamini and Hochberg's step-up: the running minimum from the largest on of m p/k. Of what is found, at most a share
 * of the level is false on average, if the tests are independent or depend positively (1995). In the given order.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  let smallest = 1;
  return adjust(ascending(pValues).reverse(), (p, fromTop) => {
    smallest = Math.min(smallest, (pValues.length * p) / (pValues.length - fromTop));
    return smallest;
  });
}

interface Placed {
  readonly p: number;
  readonly at: number;
}

function ascending(pValues: readonly number[]): Placed[] {
  for (const p of pValues) assert(p >= 0 && p <= 1, `a p-value lies in 0..1, not at ${p}`);
  return pValues.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p);
}

function adjust(order: readonly Placed[], step: (p: number, rank: number) => number): number[] {
  const adjusted = order.map(() => 1);
  for (const [rank, { p, at }] of order.entries()) adjusted[at] = step(p, rank);
  return adjusted;
}
