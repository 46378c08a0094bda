/**
 * The Mann-Whitney test: whether values of one sample tend to be larger than those of the other, of any distribution.
 */
import assert from 'node:assert/strict';
import type { Undecided } from './moments.ts';
import { normalUpper } from './special.ts';

export interface RankSumTest {
  readonly kind: 'tested';
  /** Pairs in which the value of `a` is the larger one, a tie counting for half. */
  readonly u: number;
  /** u as a share of all pairs: P(a > b) + P(a = b)/2. */
  readonly superiority: number;
  readonly pValue: number;
  readonly method: 'exact' | 'normal';
}

/** Up to this many pairs of values without ties, all orders are counted. */
const EXACT_PAIRS = 400;

/**
 * U = R - n(n + 1)/2, R the rank sum of `a`; two-sided. Without ties and of few values, exact: the share of orders that
 * are as extreme. Else normal, |U - μ| less ½ for continuity, over σ² = nm/12 · ((N + 1) - Σ(t³ - t)/(N(N - 1))), t the
 * sizes of the ties. Assumes independent values and, for it to be about medians, distributions of one shape.
 * Undefined without values in a sample, and where all values are equal.
 */
export function rankSumTest({ a, b }: { a: readonly number[]; b: readonly number[] }): RankSumTest | Undecided {
  if (a.length === 0 || b.length === 0) return { kind: 'undefined', reason: 'one of the samples is empty' };
  const { rankSum, tieTerm } = rank({ a, b });
  const pairs = a.length * b.length;
  const total = a.length + b.length;
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  if (tieTerm === total ** 3 - total) return { kind: 'undefined', reason: 'all values are equal' };
  const found = { kind: 'tested', u, superiority: u / pairs } as const;
  if (tieTerm === 0 && pairs <= EXACT_PAIRS) {
    const least = Math.min(u, pairs - u);
    return { ...found, pValue: exactPValue({ least, n: a.length, m: b.length }), method: 'exact' };
  }
  const variance = (pairs / 12) * (total + 1 - tieTerm / (total * (total - 1)));
  const z = Math.max(0, Math.abs(u - pairs / 2) - 0.5) / Math.sqrt(variance);
  return { ...found, pValue: 2 * normalUpper(z), method: 'normal' };
}

/** Ranks of both samples together, ties sharing their mean. tieTerm is Σ(t³ - t). */
function rank({ a, b }: { a: readonly number[]; b: readonly number[] }): { rankSum: number; tieTerm: number } {
  const values = [...a.map((value) => ({ value, own: 1 })), ...b.map((value) => ({ value, own: 0 }))];
  for (const { value } of values) assert(!Number.isNaN(value), 'NaN has no rank');
  values.sort((left, right) => (left.value < right.value ? -1 : Number(left.value > right.value)));
  let rankSum = 0;
  let tieTerm = 0;
  for (let start = 0; start < values.length;) {
    let end = start;
    let own = 0;
    while (end < values.length && values[end]?.value === values[start]?.value) own += values[end++]?.own ?? 0;
    // Ranks start + 1 to end.
    rankSum += (own * (start + 1 + end)) / 2;
    tieTerm += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { rankSum, tieTerm };
}

/** 2 P(U <= least) if all orders of n and m values are equally likely. */
function exactPValue({ least, n, m }: { least: number; n: number; m: number }): number {
  // Coefficients of Π (1 - q^(m + i))/(1 - q^i), i = 1..n: in how many of the orders U is 0, 1, …; exact below 2^53.
  const ways = new Float64Array(least + 1);
  ways[0] = 1;
  for (let i = 1; i <= n; i++) {
    for (let u = least; u >= m + i; u--) ways[u] = (ways[u] ?? 0) - (ways[u - m - i] ?? 0);
    for (let u = i; u <= least; u++) ways[u] = (ways[u] ?? 0) + (ways[u - i] ?? 0);
  }
  let orders = 1;
  for (let i = 1; i <= n; i++) orders = (orders * (m + i)) / i;
  return Math.min(1, (2 * ways.reduce((sum, count) => sum + count, 0)) / orders);
}
