/** How well a count agrees with a share. */
import { betaRegularized } from '../../src/stats/special.ts';

/** Twice the smaller tail. */
export function binomialPValue(count: number, total: number, share: number): number {
  if (share === 0 || share === 1) return count === share * total ? 1 : 0;
  const atLeast = count === 0 ? 1 : betaRegularized({ x: share, a: count, b: total - count + 1 });
  const atMost = count === total ? 1 : 1 - betaRegularized({ x: share, a: count + 1, b: total - count });
  return Math.min(1, 2 * Math.min(atLeast, atMost));
}
