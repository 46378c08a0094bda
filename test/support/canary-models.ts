/** The model `canary` of test/models: versions that are as good as `base`, that fail, and that are slow, and their inputs. */

export const CANARY_VERSIONS = ['base', 'same', 'flaky', 'slow'] as const;

/** `flaky` fails where the first number of a row has a larger fraction; see test/models/canary.py. */
const LARGEST_GOOD_FRACTION = 0.79;

/** Of four measurements of a flower, in cm: from the smallest to the largest that iris has. */
const RANGES = [
  [4.3, 7.9],
  [2, 4.4],
  [1, 6.9],
  [0.1, 2.5],
] as const;

/** One row for the input X, measured to one decimal. `random` is uniform in [0, 1). */
export function flower(random: () => number): number[] {
  return RANGES.map(([least, most]) => Math.round((least + random() * (most - least)) * 10) / 10);
}

export function failsFlaky([first = 0]: readonly number[]): boolean {
  return first - Math.floor(first) > LARGEST_GOOD_FRACTION;
}
