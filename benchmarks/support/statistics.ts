/** Medians over rounds: one disturbed round does not move them. */

/** NaN for nothing; values that are not known are left out. */
export function median(values: readonly (number | undefined)[]): number {
  const known = values.filter((value): value is number => Number.isFinite(value)).sort((a, b) => a - b);
  const middle = (known.length - 1) / 2;
  return ((known[Math.floor(middle)] ?? NaN) + (known[Math.ceil(middle)] ?? NaN)) / 2;
}
