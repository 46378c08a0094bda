/** Who owns which of the 10,000 slots after a change of weights: nobody moves who need not. */
import assert from 'node:assert/strict';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Arm, SlotRange } from '../domain/traffic.ts';
import { compareVersions } from '../domain/version.ts';

/** An arm without its slots. Names of arms are unique; weights are whole and sum to 10,000. */
export type WantedArm = Omit<Arm, 'slots'>;

/**
 * An arm that shrinks gives up what it gained last, and an arm that grows takes what was given up; so a weight that
 * goes up and comes back leaves everybody where they were, and no more slots change hands than the weights ask for.
 * Growing arms are served in compareVersions order, the lowest slots first: the order of `wanted` has no say. An arm is
 * the former one of its name and version, or, where a version has one arm before and after, of its version: another
 * name moves nobody.
 *
 * @param former the arms of the policy before, whose slots cover everything; empty = there was none.
 */
export function assignSlots(former: readonly Arm[], wanted: readonly WantedArm[]): readonly Arm[] {
  check(wanted);
  const kept = new Map<string, readonly SlotRange[]>();
  const free: SlotRange[] = former.length === 0 ? [[0, TOTAL_WEIGHT]] : [];
  for (const arm of former) {
    const heir = sameArm(arm, wanted, former);
    const { head, tail } = cut(arm.slots, heir?.weight ?? 0);
    if (heir !== undefined) kept.set(heir.arm, head);
    free.push(...tail);
  }
  let pool = merge(free.sort(([a], [b]) => a - b));
  for (const { arm, weight } of wanted.toSorted(inOrder)) {
    const own = kept.get(arm) ?? [];
    const { head, tail } = cut(pool, weight - sizeOf(own));
    kept.set(arm, merge([...own, ...head]));
    pool = tail;
  }
  const arms = wanted.map((arm) => ({ ...arm, slots: kept.get(arm.arm) ?? [] }));
  assert(arms.every(({ weight, slots }) => sizeOf(slots) === weight) && pool.length === 0, 'every slot has an owner');
  return arms;
}

function check(wanted: readonly WantedArm[]): void {
  assert(
    wanted.every(({ weight }) => Number.isInteger(weight) && weight >= 0),
    'weights are whole numbers from 0 on',
  );
  assert.equal(
    wanted.reduce((sum, { weight }) => sum + weight, 0),
    TOTAL_WEIGHT,
    'weights sum to 10,000',
  );
  assert.equal(new Set(wanted.map(({ arm }) => arm)).size, wanted.length, 'an arm has a name of its own');
}

function inOrder(a: WantedArm, b: WantedArm): number {
  return compareVersions(a.version, b.version) || (a.arm < b.arm ? -1 : 1);
}

/** Which of the wanted arms the former one goes on as. */
function sameArm(
  { arm, version }: WantedArm,
  wanted: readonly WantedArm[],
  former: readonly WantedArm[],
): WantedArm | undefined {
  const named = wanted.find((candidate) => candidate.arm === arm && candidate.version === version);
  if (named !== undefined) return named;
  const ofVersion = wanted.filter((candidate) => candidate.version === version);
  const isAlone = ofVersion.length === 1 && former.filter((candidate) => candidate.version === version).length === 1;
  return isAlone ? ofVersion[0] : undefined;
}

/** The first `count` slots of the ranges, or all where there are fewer, and the rest. */
function cut(ranges: readonly SlotRange[], count: number): { head: readonly SlotRange[]; tail: readonly SlotRange[] } {
  const head: SlotRange[] = [];
  const tail: SlotRange[] = [];
  let left = count;
  for (const [from, below] of ranges) {
    const middle = Math.min(below, from + left);
    if (middle > from) head.push([from, middle]);
    if (below > middle) tail.push([middle, below]);
    left -= middle - from;
  }
  return { head, tail };
}

/** Ranges that continue each other become one: what was gained last is its end all the same. */
function merge(ranges: readonly SlotRange[]): readonly SlotRange[] {
  const merged: SlotRange[] = [];
  for (const [from, below] of ranges) {
    const last = merged.at(-1);
    if (last?.[1] === from) merged.splice(-1, 1, [last[0], below]);
    else merged.push([from, below]);
  }
  return merged;
}

function sizeOf(ranges: readonly SlotRange[]): number {
  return ranges.reduce((sum, [from, below]) => sum + below - from, 0);
}
