/** How often evidence of harm comes up where there is none: seeded runs, each looked at after every block. */
import assert from 'node:assert/strict';
import { Prng } from '../support/prng.ts';

export interface NullRuns {
  readonly runs: number;
  readonly seed: number;
  readonly alpha: number;
}

export interface Crossings {
  readonly runs: number;
  readonly crossed: number;
  /** α and two standard deviations of what chance makes of it in so many runs. */
  readonly allowed: number;
}

/** How many runs ever reach 1/α. @param largest the largest ln e of a run */
export function crossings({ runs, seed, alpha }: NullRuns, largest: (random: Prng) => number): Crossings {
  const [crossed = 0] = crossingsOfEach({ runs, seed, alpha }, (random) => [largest(random)]);
  return { runs, crossed, allowed: allowedOf({ runs, alpha }) };
}

/** The same for several kinds of evidence of the same runs. */
export function crossingsOfEach(
  { runs, seed, alpha }: NullRuns,
  largest: (random: Prng) => readonly number[],
): readonly number[] {
  const crossed: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const [kind, log] of largest(new Prng(seed + run)).entries()) {
      crossed[kind] = (crossed[kind] ?? 0) + (log >= -Math.log(alpha) ? 1 : 0);
    }
  }
  return crossed;
}

export function allowedOf({ runs, alpha }: { readonly runs: number; readonly alpha: number }): number {
  return Math.floor(runs * alpha + 2 * Math.sqrt(runs * alpha * (1 - alpha)));
}

export function assertHolds({ crossed, allowed, runs }: Crossings, what: string): void {
  assert(crossed <= allowed, `${what}: ${crossed} of ${runs} runs crossed, ${allowed} may`);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
