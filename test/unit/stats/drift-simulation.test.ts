/** How often drift is found where there is none, and where there is some: small samples, seeded runs. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { jensenShannon, psiTest } from '../../../src/stats/drift.ts';
import { ksTest } from '../../../src/stats/kolmogorov-smirnov.ts';
import { Prng } from '../../support/prng.ts';

const RUNS = 1_000;
const BINS = 10;
const ALPHA = 0.05;
/** What alpha gives in so many runs, and two standard deviations more. */
const MOST_ALARMS = RUNS * ALPHA + 2 * Math.sqrt(RUNS * ALPHA * (1 - ALPHA));
const SIZES: readonly (readonly [n: number, m: number])[] = [
  [50, 50],
  [500, 50],
  [50, 500],
  [200, 200],
];

interface Findings {
  readonly psi: number;
  readonly ks: number;
  /**
   * Means as multiples of what is expected without drift: of PSI, and of the square of Jensen and Shannon's distance.
   */
  readonly psiToExpected: number;
  readonly shannonToExpected: number;
}

/** Deciles of the reference as it was drawn, and a hundred narrow buckets for Kolmogorov-Smirnov. */
function simulate(of: { runs: number; n: number; m: number; shift: number; prng: Prng }): Findings {
  let [psi, ks, psiSum, shannonSum] = [0, 0, 0, 0];
  for (let run = 0; run < of.runs; run++) {
    const reference = draw(of.n, () => of.prng.normal());
    const current = draw(of.m, () => of.prng.normal() + of.shift);
    const edges = Array.from({ length: BINS - 1 }, (_, at) => reference[Math.floor(((at + 1) * of.n) / BINS)] ?? 0);
    const bins = { reference: histogram(reference, edges), current: histogram(current, edges) };
    const found = psiTest(bins);
    assert(found.kind === 'tested');
    if (found.pValue < ALPHA) psi++;
    psiSum += found.psi / found.expected;
    const chance = 1 / of.n + 1 / of.m;
    shannonSum += (8 * jensenShannon(bins) ** 2) / ((BINS - 1) * chance);
    const narrow = Array.from({ length: 99 }, (_, at) => (at - 49) / 12);
    const gap = ksTest({ reference: histogram(reference, narrow), current: histogram(current, narrow) });
    assert(gap.kind === 'tested');
    if (gap.pValue < ALPHA) ks++;
  }
  return { psi, ks, psiToExpected: psiSum / of.runs, shannonToExpected: shannonSum / of.runs };
}

function draw(count: number, value: () => number): Float64Array {
  return Float64Array.from({ length: count }, value).sort();
}

/** Of sorted values, by the first edge that is above. */
function histogram(values: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  let bin = 0;
  for (const value of values) {
    while (bin < edges.length && value >= (edges[bin] ?? Infinity)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

suite('Tests of drift on small samples', () => {
  for (const [n, m] of SIZES) {
    test(`alarm no more often than their level without drift, ${n} values against ${m}`, () => {
      const found = simulate({ runs: RUNS, n, m, shift: 0, prng: new Prng(1000 * n + m) });
      assert(found.psi <= MOST_ALARMS, `PSI: ${found.psi} of ${RUNS}`);
      assert(found.ks <= MOST_ALARMS, `Kolmogorov-Smirnov: ${found.ks} of ${RUNS}`);
      assert(found.shannonToExpected > 0.95 && found.shannonToExpected < 1.2, `${found.shannonToExpected}`);
      // Not so shy that the expectation would be of no use.
      assert(found.psiToExpected > 0.75 && found.psiToExpected < 1.02, `PSI is ${found.psiToExpected} of expected`);
      assert(found.psi > RUNS * 0.01, `PSI: only ${found.psi} of ${RUNS}`);
    });
  }

  test('find a shift by a standard deviation, of 50 values in most runs', () => {
    for (const [n, m] of SIZES) {
      const found = simulate({ runs: 200, n, m, shift: 1, prng: new Prng(n + m) });
      assert(found.psi > 150, `PSI: ${found.psi} of 200, ${n} against ${m}`);
      assert(found.ks > 190, `Kolmogorov-Smirnov: ${found.ks} of 200, ${n} against ${m}`);
    }
  });
});
