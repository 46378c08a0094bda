/** The arithmetic of shifting traffic: weights in 1/10,000 that always sum to all of it. */

/** @import { Arm } from '../types.d.ts' */

export const TOTAL = 10_000;

/**
 * Moves the boundary behind arm `index` so that all up to it have `to` together; only its two neighbours change.
 * @param {readonly Arm[]} arms
 * @param {number} index
 * @param {number} to
 * @returns {Arm[]}
 */
export function moveBoundary(arms, index, to) {
  const before = arms.slice(0, index).reduce((sum, { weight }) => sum + weight, 0);
  const left = arms[index];
  const right = arms[index + 1];
  if (left === undefined || right === undefined) return [...arms];
  const both = left.weight + right.weight;
  const weight = Math.min(both, Math.max(0, Math.round(to) - before));
  return arms.map((arm, at) => {
    if (at === index) return { ...arm, weight };
    return at === index + 1 ? { ...arm, weight: both - weight } : arm;
  });
}

/**
 * Gives one arm this weight; the largest of the others give or take what that makes.
 * @param {readonly Arm[]} arms
 * @param {number} index
 * @param {number} wanted
 * @returns {Arm[]}
 */
export function setWeight(arms, index, wanted) {
  const next = arms.map((arm) => ({ ...arm }));
  const own = next[index];
  if (own === undefined || next.length === 1) return next;
  const weight = Math.min(TOTAL, Math.max(0, Math.round(wanted)));
  let owed = weight - own.weight;
  own.weight = weight;
  for (const other of next.filter((arm) => arm !== own).sort((a, b) => b.weight - a.weight)) {
    const given = Math.min(other.weight, owed);
    other.weight -= given;
    owed -= given;
  }
  return next;
}

/**
 * Who gains and who loses.
 * @param {readonly Arm[]} before
 * @param {readonly Arm[]} after
 */
export function movesOf(before, after) {
  const versions = [...new Set([...before, ...after].map(({ version }) => version))];
  /** @param {readonly Arm[]} arms @param {string} version */
  const weightIn = (arms, version) => arms.find((arm) => arm.version === version)?.weight ?? 0;
  const changes = versions
    .map((version) => ({ version, by: weightIn(after, version) - weightIn(before, version) }))
    .filter(({ by }) => by !== 0);
  const moved = changes.reduce((sum, { by }) => sum + Math.max(0, by), 0);
  return { moved, gains: changes.filter(({ by }) => by > 0), losses: changes.filter(({ by }) => by < 0) };
}

/**
 * @param {readonly Arm[]} before
 * @param {readonly Arm[]} after
 */
export function isSame(before, after) {
  return (
    before.length === after.length &&
    before.every(({ version, weight }, index) => after[index]?.version === version && after[index].weight === weight)
  );
}
