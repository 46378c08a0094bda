/** The immutable table that says who answers for each model; replaced whole, never edited. */
import assert from 'node:assert/strict';

/** Weights are in 1/10,000 and sum to this. */
export const TOTAL_WEIGHT = 10_000;

/** A version takes the slots from the former rung's `below` up to its own. */
export interface Rung<T> {
  readonly version: string;
  readonly target: T;
  /** First slot that is not its own. */
  readonly below: number;
}

export interface Route<T> {
  readonly model: string;
  /** The traffic policy; empty while it cannot be followed, with the reason beside it. */
  readonly ladder: readonly Rung<T>[];
  readonly ladderReason: string;
  /** Mixed into the hash of routing keys, so that experiments do not share their halves. */
  readonly salt: string;
  /** Every version that can answer now, by name. */
  readonly ready: ReadonlyMap<string, T>;
  /** State of the versions that cannot, by name: what to tell who asks for them. */
  readonly absent: ReadonlyMap<string, string>;
  /** Name of the newest ready version; '' when there is none. */
  readonly latest: string;
}

export type RouteTable<T> = ReadonlyMap<string, Route<T>>;

/** Builds a ladder from weights that sum to 10,000; versions with weight 0 get no rung. */
export function buildLadder<T>(weights: ReadonlyMap<string, number>, targetOf: (version: string) => T): Rung<T>[] {
  const ladder: Rung<T>[] = [];
  let below = 0;
  for (const [version, weight] of weights) {
    if (weight === 0) continue;
    below += weight;
    ladder.push({ version, target: targetOf(version), below });
  }
  assert.equal(below, TOTAL_WEIGHT, 'weights sum to 10,000');
  return ladder;
}
