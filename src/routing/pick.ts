/** Choosing who answers: pure, the same on every replica. */
import assert from 'node:assert/strict';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Ladder, Rung } from './route-table.ts';

/** Same ladder and slot, same answer, by halving: a ladder may have many ranges. @param slot 0 to 9,999. */
export function pick<T>({ belows, rungs }: Ladder<T>, slot: number): Rung<T> {
  let low = 0;
  let high = belows.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slot < (belows[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  const rung = rungs[low];
  assert(rung, 'a ladder has a range for every slot');
  return rung;
}

/**
 * The slot of a routing key: FNV-1a over the UTF-16 units of salt and key, then MurmurHash3's 32-bit finalizer, scaled
 * to 10,000. Sources: Fowler/Noll/Vo (draft-eastlake-fnv); Appleby, MurmurHash3.cpp, fmix32. Both are public domain.
 */
export function slotOf(salt: string, key: string): number {
  let hash = 0x811c9dc5;
  for (const text of [salt, '\0', key]) {
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
      hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return Math.floor(((hash >>> 0) / 2 ** 32) * TOTAL_WEIGHT);
}
