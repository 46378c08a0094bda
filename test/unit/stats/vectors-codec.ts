/** The vectors of test/vectors/stats.json by name, and how near to them a result has to be. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ChiSquaredTest } from '../../../src/stats/chi-squared.ts';
import type { DifferenceTest, Moments } from '../../../src/stats/moments.ts';
import type { Trials } from '../../../src/stats/proportions.ts';
import type { RatioSums } from '../../../src/stats/ratio.ts';

type One = readonly [x: number, expected: number];
type Two = readonly [a: number, b: number, expected: number];
type Three = readonly [a: number, b: number, c: number, expected: number];
/** null: infinitely many degrees of freedom. */
type Difference = Omit<DifferenceTest, 'kind' | 'degreesOfFreedom'> & { readonly degreesOfFreedom: number | null };
type Compared<Arm> = readonly [{ control: Arm; treatment: Arm; alpha: number }, Difference];
interface Sample {
  readonly a: readonly number[];
  readonly b: readonly number[];
}
interface Histograms {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}
type Goal = Readonly<Record<'alpha' | 'power' | 'ratio', number>>;

interface Vectors {
  readonly special: Readonly<
    Record<'logGamma' | 'erfc' | 'normalUpper' | 'normalQuantile', readonly One[]> &
      Record<'logBeta' | 'studentTwoSided' | 'studentQuantile' | 'chiSquaredUpper', readonly Two[]> &
      Record<'betaRegularized' | 'gammaRegularized', readonly Three[]>
  > & { readonly logBetaOf: readonly (readonly [readonly number[], number])[] };
  readonly welch: readonly Compared<Moments>[];
  readonly lift: readonly Compared<Moments>[];
  readonly proportions: readonly Compared<Trials>[];
  readonly wilson: readonly (readonly [Trials & { alpha: number }, { lower: number; upper: number }])[];
  readonly ratio: readonly (readonly [RatioSums, Moments & { kind: 'moments' }])[];
  readonly unitsForProportions: readonly (readonly [Goal & { baseline: number; effect: number }, number])[];
  readonly unitsForMeans: readonly (readonly [Goal & { effect: number; standardDeviation: number }, number])[];
  readonly power: readonly (readonly [{ effect: number; standardError: number; alpha: number }, number])[];
  readonly sampleRatio: readonly (readonly [{ counts: number[]; weights: number[] }, number, number, number])[];
  readonly homogeneity: readonly (readonly [Sample, ...number[]])[];
  readonly rankSum: readonly (readonly [Sample, number, number, 'exact' | 'normal'])[];
  readonly kolmogorovSmirnov: readonly (readonly [Histograms, number, number, 'exact' | 'asymptotic'])[];
  /** Raw, Holm, Benjamini and Hochberg. */
  readonly multiple: readonly (readonly [number[], number[], number[]])[];
  readonly psi: readonly (readonly [number[], number[], number])[];
  readonly jensenShannon: readonly (readonly [Histograms, number])[];
}

export const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/stats.json', import.meta.url), 'utf8'),
) as Vectors;

/** Relative, but of 0. */
export function assertClose(actual: number, expected: number, what: string, tolerance = 1e-12): void {
  const error = expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1);
  assert(error <= tolerance, `${what} is ${actual}, off from ${expected} by a relative ${error}`);
}

/** Each of the expected fields, to 1e-10: of the tests the libraries themselves are not better. */
export function assertDifference(actual: DifferenceTest | { kind: 'undefined' }, expected: Difference): void {
  assert(actual.kind === 'tested');
  assertFields(actual, { ...expected, degreesOfFreedom: expected.degreesOfFreedom ?? Infinity });
}

export function assertFields(actual: object, expected: Readonly<Record<string, unknown>>, tolerance = 1e-10): void {
  const found = new Map<string, unknown>(Object.entries(actual));
  for (const [key, value] of Object.entries(expected)) {
    const given = found.get(key);
    if (typeof value !== 'number' || value === Infinity) assert.equal(given, value, key);
    else assertClose(Number(given), value, key, tolerance);
  }
}

/** What chi-squared tests have in common. */
export function chiSquared(fields: Omit<ChiSquaredTest, 'kind'>): Readonly<Record<string, unknown>> {
  return { kind: 'tested', ...fields };
}
