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
 * A routing key in 64 bits, the unit of experiments: "" for none, else 16 hex digits. Two FNV-1a hashes from different
 * starts, each with MurmurHash3's finalizer; no salt, so that a key is the same unit whatever model answers it.
 */
export function unitOf(key: string): string {
  if (key === '') return '';
  return hex(finish(fnv(0x811c9dc5, key))) + hex(finish(fnv(0x9747b28c, key)));
}

/** A routing key in 32 bits, with their sign: such a number is no object of its own. */
export function hashOf(key: string): number {
  return finish(fnv(0x811c9dc5, key)) | 0;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

/**
 * The slot of a routing key: FNV-1a over the UTF-16 units of salt and key, then MurmurHash3's 32-bit finalizer, scaled
 * to 10,000. Sources: Fowler/Noll/Vo (draft-eastlake-fnv); Appleby, MurmurHash3.cpp, fmix32. Both are public domain.
 */
export function slotOf(salt: string, key: string): number {
  const hash = finish(fnv(fnv(fnv(0x811c9dc5, salt), '\0'), key));
  return Math.floor((hash / 2 ** 32) * TOTAL_WEIGHT);
}

function fnv(start: number, text: string): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash;
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
