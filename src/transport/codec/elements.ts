/** The numbers of one typed field, gathered as the little-endian bytes that models take. */
import type { NumberField } from './typed-fields.ts';
import type { WireReader } from './wire-reader.ts';

const NONE = new Uint8Array(0);

/** Bytes up to which a loop is quicker than a call into the engine. */
const SHORT = 32;

/** Numbers may come in several pieces, packed or one by one; a single packed piece of fixed size is not copied. */
export class Elements {
  readonly field: NumberField;
  /** Of each element. */
  readonly width: number;
  #bytes: Uint8Array = NONE;
  /** Less than there are only where they are ours to write to. */
  #used = 0;

  constructor(field: NumberField, width: number) {
    this.field = field;
    this.width = width;
  }

  get count(): number {
    return this.#used / this.width;
  }

  /** All of them; not to be written to. */
  get bytes(): Uint8Array {
    return this.#bytes.length === this.#used ? this.#bytes : this.#bytes.subarray(0, this.#used);
  }

  /** Takes the reader's next bytes as they are. */
  take(reader: WireReader, size: number): void {
    if (this.#used === 0) {
      this.#bytes = reader.slice(size);
      this.#used = size;
      return;
    }
    this.reserve(size);
    const start = reader.step(size);
    if (size > SHORT) this.#bytes.set(reader.bytes.subarray(start, reader.at), this.#used);
    else for (let at = 0; at < size; at += 1) this.#bytes[this.#used + at] = reader.bytes[start + at] ?? 0;
    this.#used += size;
  }

  /** Makes room for so many bytes; doubling keeps the cost of many small pieces linear. */
  reserve(size: number): void {
    const needed = this.#used + size;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(this.#used === 0 ? needed : Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.bytes);
    this.#bytes = grown;
  }

  /** The caller has reserved the room. */
  push8(value: number): void {
    this.#bytes[this.#used] = value;
    this.#used += 1;
  }

  push32(value: number): void {
    const bytes = this.#bytes;
    const at = this.#used;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    bytes[at + 2] = value >> 16;
    bytes[at + 3] = value >> 24;
    this.#used = at + 4;
  }

  push64(low: number, high: number): void {
    this.push32(low);
    this.push32(high);
  }
}
