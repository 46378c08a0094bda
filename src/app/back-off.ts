/** How long to wait before something that keeps failing is tried again. */

const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** Doubles with each failure in a row, up to ten seconds. @param failures at least 1. */
export function backOffMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
}
