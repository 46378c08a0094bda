/** The immutable table that says who answers for each model; replaced whole, never edited. */
import assert from 'node:assert/strict';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Arm, Match } from '../domain/traffic.ts';

/** Who answers for an arm. */
export interface Rung<T> {
  readonly arm: string;
  readonly target: T;
}

/** The slots in order, cut into ranges: the n-th ends before `belows[n]` and belongs to `rungs[n]`. */
export interface Ladder<T> {
  readonly belows: Uint16Array;
  readonly rungs: readonly Rung<T>[];
}

/** Of the rules the first that matches decides. */
export interface Rule<T> extends Rung<T> {
  readonly header: string;
  readonly match: Match;
}

export interface Shadow<T> {
  readonly runner: T;
  /** Share of the calls that are copied, in 1/10,000. */
  readonly share: number;
}

/** For which slots an epoch decides by chance; see draw.ts. */
export interface Draw {
  /** Slots of one number had the same arms in all epochs of the comparison so far. */
  readonly alike: Uint16Array;
  /** 1 = this epoch decides for the slot: of those that were alike before it some have one arm and some another. */
  readonly open: Uint8Array;
}

/** A traffic policy with its versions resolved. */
export interface PolicyRoute<T> {
  readonly ladder: Ladder<T>;
  readonly rules: readonly Rule<T>[];
  readonly shadows: readonly Shadow<T>[];
  /** Answers in place of a version that fails. */
  readonly failOver: T | undefined;
  readonly sticky: boolean;
  readonly routingKeyHeader: string;
  readonly salt: string;
  /** Of more than one arm, whose calls are evidence: what the epoch decides by chance. */
  readonly draw: Draw | undefined;
}

export interface Route<T> {
  readonly model: string;
  /** Of the policy in force; 0 while there is none. */
  readonly epoch: number;
  /** undefined while no policy can be followed, with the reason beside it. */
  readonly policy: PolicyRoute<T> | undefined;
  readonly reason: string;
  /** Versions by alias. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Every version that can answer now, by name. */
  readonly ready: ReadonlyMap<string, T>;
  /** State of the versions that are on their way or failed, by name: what to tell who asks for them. */
  readonly absent: ReadonlyMap<string, string>;
  /** Versions that exist and are not to be loaded, with a word on why. */
  readonly others: ReadonlyMap<string, string>;
  /** Name of the newest ready version; '' when there is none. */
  readonly latest: string;
}

export type RouteTable<T> = ReadonlyMap<string, Route<T>>;

/** A ladder from the slots of the arms; those of weight 0 get no rung. */
export function buildLadder<T>(arms: readonly Arm[], targetOf: (version: string) => T): Ladder<T> {
  const ranges = arms
    .filter(({ slots }) => slots.length > 0)
    .flatMap(({ arm, version, slots }) => {
      const rung = { arm, target: targetOf(version) };
      return slots.map(([from, below]) => ({ from, below, rung }));
    })
    .sort((a, b) => a.from - b.from);
  let end = 0;
  for (const { from, below } of ranges) {
    assert(from === end && below > from, 'the slots of the arms lie side by side');
    end = below;
  }
  assert.equal(end, TOTAL_WEIGHT, 'the slots of the arms cover everything');
  return { belows: Uint16Array.from(ranges, ({ below }) => below), rungs: ranges.map(({ rung }) => rung) };
}
