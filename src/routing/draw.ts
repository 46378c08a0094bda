/**
 * For which slots an epoch decides by chance: a routing key's arm is chance once, in the epoch that parts its slot from
 * others that went with it until then. Slots that stay with their arm, or come back to it, prove nothing new.
 */
import assert from 'node:assert/strict';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Draw, Ladder } from './route-table.ts';

/** A comparison that was under way when it was first seen: what it decided so far cannot be told any more. */
export function unknownDraw(ladder: Ladder<unknown>): Draw {
  return { ...nextDraw(undefined, ladder), open: new Uint8Array(TOTAL_WEIGHT) };
}

/** @param before of the epoch before it in the same comparison; undefined = it is the first. */
export function nextDraw(before: Draw | undefined, { belows, rungs }: Ladder<unknown>): Draw {
  const former = before?.alike ?? new Uint16Array(TOTAL_WEIGHT);
  const alike = new Uint16Array(TOTAL_WEIGHT);
  const arms = [...new Set(rungs.map(({ arm }) => arm))];
  /** By former number, the new number of each arm's slots. */
  const parts = new Map<number, Map<number, number>>();
  let count = 0;
  let from = 0;
  for (const [at, below] of belows.entries()) {
    const arm = arms.indexOf(rungs[at]?.arm ?? '');
    for (let slot = from; slot < below; slot += 1) {
      const number = former[slot] ?? 0;
      const byArm = parts.get(number) ?? new Map<number, number>();
      parts.set(number, byArm);
      const part = byArm.get(arm) ?? count++;
      byArm.set(arm, part);
      alike[slot] = part;
    }
    from = below;
  }
  assert(from === TOTAL_WEIGHT && count <= TOTAL_WEIGHT, 'every slot is in one part');
  return { alike, open: Uint8Array.from(former, (number) => ((parts.get(number)?.size ?? 0) > 1 ? 1 : 0)) };
}
