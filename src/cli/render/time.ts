/** Times and durations for people: UTC, and how long ago. */

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** "2026-01-31 23:59:59Z"; '' where there is no time. */
export function instant(ms: number | undefined): string {
  return ms === undefined ? '' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** "23:59:59Z". */
export function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)}Z`;
}

/** "3m ago"; clocks of two machines differ, so what is not past yet is "now". '' where there is no time. */
export function ago(ms: number | undefined, now: number): string {
  if (ms === undefined) return '';
  return now - ms < 1000 ? 'now' : `${lasting(now - ms)} ago`;
}

/** "3m": in the largest unit, rounded down. */
export function lasting(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= each) ?? [];
  return unit === undefined || size === undefined ? '0s' : `${Math.floor(ms / size)}${unit}`;
}

/** Both: "2026-01-31 23:59:59Z (3m ago)". */
export function when(ms: number | undefined, now: number): string {
  return ms === undefined ? '' : `${instant(ms)} (${ago(ms, now)})`;
}

/** A duration in three digits: "1.23 ms", "45.6 ms", "789 ms", "1.5 s". */
export function span(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  return ms >= 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(2)} ms`;
}
