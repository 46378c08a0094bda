/** The fields that the other side had us remember, newest first, within a number of bytes (RFC 7541, 2.3.2 and 4). */
import assert from 'node:assert/strict';
import type { HeaderField } from './header-list.ts';

/** What a field counts beyond its bytes, in the table and in a header list. */
export const FIELD_OVERHEAD_BYTES = 32;

/** Where the table begins, whatever SETTINGS say: the other side has to change it by an update. */
const INITIAL_TABLE_BYTES = 4096;

export class DynamicTable {
  /** A ring: what is added overwrites what was evicted long ago. */
  readonly #ring: (HeaderField | undefined)[];
  #newest = 0;
  #length = 0;
  #bytes = 0;
  #maxBytes = INITIAL_TABLE_BYTES;
  #changes = 0;

  /** `limitBytes` is the most that resize() will be asked for. */
  constructor(limitBytes: number) {
    assert(limitBytes >= INITIAL_TABLE_BYTES, `a table starts with ${INITIAL_TABLE_BYTES} bytes`);
    this.#ring = new Array<HeaderField | undefined>(Math.floor(limitBytes / FIELD_OVERHEAD_BYTES)).fill(undefined);
  }

  /** Grows with every change: as long as it is the same, an index means the same. */
  get changes(): number {
    return this.#changes;
  }

  get length(): number {
    return this.#length;
  }

  /** 0 is the newest. */
  at(index: number): HeaderField | undefined {
    if (index >= this.#length) return undefined;
    const place = this.#newest - index;
    return this.#ring[place < 0 ? place + this.#ring.length : place];
  }

  /** A field that is larger than the table empties it, and is not kept. */
  add(field: HeaderField): void {
    const bytes = sizeOf(field);
    this.#changes += 1;
    this.#shrinkTo(this.#maxBytes - bytes);
    if (bytes > this.#maxBytes) return;
    this.#newest = this.#newest + 1 === this.#ring.length ? 0 : this.#newest + 1;
    this.#ring[this.#newest] = field;
    this.#length += 1;
    this.#bytes += bytes;
  }

  resize(maxBytes: number): void {
    this.#changes += 1;
    this.#maxBytes = maxBytes;
    this.#shrinkTo(maxBytes);
  }

  #shrinkTo(bytes: number): void {
    while (this.#bytes > bytes && this.#length > 0) {
      let place = this.#newest - this.#length + 1;
      if (place < 0) place += this.#ring.length;
      const oldest = this.#ring[place];
      assert(oldest, 'a place in use has a field');
      this.#ring[place] = undefined;
      this.#bytes -= sizeOf(oldest);
      this.#length -= 1;
    }
  }
}

function sizeOf({ name, value }: HeaderField): number {
  return name.length + value.length + FIELD_OVERHEAD_BYTES;
}
