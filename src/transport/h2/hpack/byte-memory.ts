/** Remembers what bytes were turned into, in a fixed number of places, so that the same bytes need no second look. */
import assert from 'node:assert/strict';

/** FNV-1a's, whose steps take four bytes here; the highest bits of a last product hang on all bits before it. */
const HASH_START = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;
const LAST_FACTOR = 0x9e3779b1;

interface Place<T> {
  readonly bytes: Uint8Array;
  length: number;
  era: number;
  value: T;
}

/**
 * Each piece of bytes has one place, which follows from its hash; what was there before is forgotten.
 *
 *     const place = memory.placeOf(bytes, start, end);
 *     const known = memory.recall(place, bytes, start, end);
 *     if (known === undefined) memory.keep(place, bytes, start, end, turn(bytes, start, end));
 */
export class ByteMemory<T> {
  /** What was kept in another era is not recalled. */
  era = 0;
  readonly #maxBytes: number;
  /** Made when they are first used: most connections need few. */
  readonly #places: (Place<T> | undefined)[];
  /** Leaves as many bits of a word as number the places. */
  readonly #shift: number;

  /** `places` is a power of two. Longer pieces than `maxBytes` are not remembered. */
  constructor({ places, maxBytes }: { readonly places: number; readonly maxBytes: number }) {
    assert(places > 1 && (places & (places - 1)) === 0, `the number of places is a power of two, not ${places}`);
    this.#maxBytes = maxBytes;
    this.#places = new Array<Place<T> | undefined>(places).fill(undefined);
    this.#shift = Math.clz32(places) + 1;
  }

  /** -1 if there is none for so many bytes. */
  placeOf(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > this.#maxBytes) return -1;
    let hash = HASH_START;
    let at = start;
    for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ wordAt(bytes, at), HASH_FACTOR);
    for (; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), HASH_FACTOR);
    return Math.imul(hash, LAST_FACTOR) >>> this.#shift;
  }

  recall(index: number, bytes: Uint8Array, start: number, end: number): T | undefined {
    if (index < 0) return undefined;
    const place = this.#places[index];
    if (place?.era !== this.era || place.length !== end - start) return undefined;
    for (let at = start; at < end; at += 1) if (place.bytes[at - start] !== bytes[at]) return undefined;
    return place.value;
  }

  keep(index: number, bytes: Uint8Array, start: number, end: number, value: T): void {
    if (index < 0) return;
    const length = end - start;
    let place = this.#places[index];
    if (place === undefined) {
      place = { bytes: new Uint8Array(this.#maxBytes), length, era: this.era, value };
      this.#places[index] = place;
    }
    for (let at = 0; at < length; at += 1) place.bytes[at] = bytes[start + at] ?? 0;
    place.length = length;
    place.era = this.era;
    place.value = value;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}
