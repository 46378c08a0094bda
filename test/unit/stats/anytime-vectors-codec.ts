/** The vectors of test/vectors/sequential.json by name. */
import { readFileSync } from 'node:fs';

interface Vectors {
  readonly mixtures: {
    /** s, v, ρ, ln M. */
    readonly normal: readonly (readonly [number, number, number, number])[];
    /** v, ρ, α, bound. */
    readonly normalBound: readonly (readonly [number, number, number, number])[];
    /** Successes, trials, p, r, ln M. */
    readonly betaBinomial: readonly (readonly [number, number, number, number, number])[];
  };
  /** Successes, trials, α, trials that it is tuned for, lower, upper. */
  readonly bernoulli: readonly (readonly [number, number, number, number, number, number])[];
  /** Difference, standard error, count, α, count that it is tuned for, half width, p-value. */
  readonly means: readonly (readonly [number, number, number, number, number, number, number])[];
  /** Counts, weights, concentration, ln E. */
  readonly ratios: readonly (readonly [number[], number[], number, number])[];
  /** Blocks of events of the candidate and of the baseline, share and margin; ln E after all. */
  readonly counts: readonly (readonly [[number, number, number, number][], number])[];
  /** Quantile, counts of both samples, count that it is tuned for, p-value. */
  readonly quantiles: readonly (readonly [number, number[], number[], number, number])[];
}

export const anytimeVectors = JSON.parse(
  readFileSync(new URL('../../vectors/sequential.json', import.meta.url), 'utf8'),
) as Vectors;
