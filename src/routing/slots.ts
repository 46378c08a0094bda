/** Who owns which of the 10,000 slots after a change of weights: nobody moves who need not. */
import assert from 'node:assert/strict';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Arm, SlotRange } from '../domain/traffic.ts';
import { compareVersions } from '../domain/version.ts';

/** An arm without its slots. Versions and arms are unique; weights are whole and sum to 10,000. */
export type WantedArm = Omit<Arm, 'slots'>;

/**
 * An arm that shrinks gives up what it gained last, and an arm that grows takes what was given up; so a weight that
 * goes up and comes back leaves everybody where they were, and no more slots change hands than the weights ask for.
 * Growing arms are served in compareVersions order, the lowest slots first: the order of `wanted` has no say.
 *
 * @param former the arms of the policy before, whose slots cover everything; empty = there was none.
 */
export function assignSlots(former: readonly Arm[], wanted: readonly WantedArm[]): readonly Arm[] {
  check(wanted);
  const kept = new Map<string, readonly SlotRange[]>();
  const free: SlotRange[] = former.length === 0 ? [[0, TOTAL_WEIGHT]] : [];
  for (const { version, slots } of former) {
    const weight = wanted.find((arm) => arm.version === version)?.weight ?? 0;
    const { head, tail } = cut(slots, weight);
    kept.set(version, head);
    free.push(...tail);
  }
  let pool = merge(free.sort(([a], [b]) => a - b));
  for (const { version, weight } of wanted.toSorted((a, b) => compareVersions(a.version, b.version))) {
    const own = kept.get(version) ?? [];
    const { head, tail } = cut(pool, weight - sizeOf(own));
    kept.set(version, merge([...own, ...head]));
    pool = tail;
  }
  const arms = wanted.map((arm) => ({ ...arm, slots: kept.get(arm.version) ?? [] }));
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
  assert.equal(new Set(wanted.map(({ version }) => version)).size, wanted.length, 'a version has one arm');
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
