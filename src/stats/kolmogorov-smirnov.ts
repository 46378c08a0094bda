/** The Kolmogorov-Smirnov test of two samples: the largest gap between their distribution functions. */
import assert from 'node:assert/strict';
import { totalOf } from './chi-squared.ts';
import type { Undecided } from './moments.ts';

export interface KsTest {
  readonly kind: 'tested';
  /** 0..1. */
  readonly distance: number;
  readonly pValue: number;
  readonly method: 'exact' | 'asymptotic';
}

/** Up to this product of sample sizes all orders are counted, in some 2 ms at most. */
const EXACT_PRODUCT = 250_000;

/**
 * D = max |F - G|, from the counts of two samples over the same buckets in ascending order (of raw values: a bucket for
 * each distinct one). Values of one bucket count as tied, so that D is at most that of the values and the p-value at
 * least theirs: coarse buckets hide drift, and never make it up.
 *
 * p-value: of few values exact, as the share of lattice paths from (0, 0) to (n, m) that leave the band |i/n - j/m| < D
 * (Hodges 1957); else Kolmogorov's limit at D √(nm/(n + m)), which is a little larger. Assumes independent values.
 * Undefined where a sample is empty; where all values are in one bucket D is 0 and the p-value 1.
 */
export function ksTest(counts: { reference: readonly number[]; current: readonly number[] }): KsTest | Undecided {
  const { reference, current } = counts;
  assert(reference.length === current.length, `${reference.length} and ${current.length} buckets cannot be compared`);
  const n = totalOf(reference);
  const m = totalOf(current);
  if (n === 0 || m === 0) return { kind: 'undefined', reason: 'one of the samples is empty' };
  // In units of 1/(nm), where whole counts keep it whole and comparisons exact.
  let gap = 0;
  let largest = 0;
  for (const [at, count] of reference.entries()) {
    gap += count * m - (current[at] ?? 0) * n;
    largest = Math.max(largest, Math.abs(gap));
  }
  const distance = largest / (n * m);
  if (n * m <= EXACT_PRODUCT && Number.isInteger(n) && Number.isInteger(m)) {
    return { kind: 'tested', distance, pValue: shareOfPaths({ largest, n, m }), method: 'exact' };
  }
  const pValue = kolmogorovUpper(distance * Math.sqrt((n * m) / (n + m)));
  return { kind: 'tested', distance, pValue, method: 'asymptotic' };
}

/**
 * Of the paths to (i, j) a share i/(i + j) comes from (i - 1, j), the rest from (i, j - 1). A point outside of the band
 * has the share 1. Only sums of shares: small p-values keep their accuracy.
 */
function shareOfPaths({ largest, n, m }: { largest: number; n: number; m: number }): number {
  if (largest === 0) return 1;
  const left = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const outside = Math.abs(i * m - j * n) >= largest;
      const fromBelow = i > 0 ? i * (left[j] ?? 0) : 0;
      const fromLeft = j > 0 ? j * (left[j - 1] ?? 0) : 0;
      left[j] = outside ? 1 : (fromBelow + fromLeft) / Math.max(1, i + j);
    }
  }
  return Math.min(1, left[m] ?? 1);
}

/** P(K > x) of Kolmogorov's distribution: the alternating series, and for small x its theta transform. */
function kolmogorovUpper(x: number): number {
  if (x === 0) return 1;
  let sum = 0;
  if (x < 1) {
    for (let k = 1; k <= 9; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 1; k <= 5; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}
