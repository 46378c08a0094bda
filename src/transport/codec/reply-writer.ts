/**
 * Writes a protobuf message from its last byte to its first, so that each length is known when its turn comes: no pass
 * to count, no bytes moved. Small fields go to one buffer; large data stays where it is, as a part of its own.
 */
import type { Parts } from './parts.ts';

/** What small fields are written to; replies share it until it is used up. */
const SLAB_BYTES = 16 * 1024;

/** A reply begins with so much room, so that an ordinary one is a single part. */
const HEADROOM_BYTES = 1024;

/** Data of so many bytes is cheaper to hand on than to copy. */
const PART_BYTES = 1024;

/** What is longer is cheaper to hand to the engine than to loop over. */
const SHORT_TEXT = 48;
const SHORT_DATA = 32;

const TWO_32 = 4_294_967_296;

export class ReplyWriter {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** What is from `#at` to `#end` has been written and is in no part yet. */
  #at = SLAB_BYTES;
  #end = SLAB_BYTES;
  /** From the last to the first. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  /** Bytes written so far; a message's length is the difference that writing it made. */
  get size(): number {
    return this.#partBytes + this.#end - this.#at;
  }

  /** Begins a reply, and gives up what was not finished. */
  begin(): void {
    this.#parts = [];
    this.#partBytes = 0;
    this.#end = this.#at;
    if (this.#at < HEADROOM_BYTES) this.#useSlab(SLAB_BYTES);
  }

  finish(): Parts {
    this.#closePart();
    return this.#parts.length === 1 ? this.#parts : this.#parts.reverse();
  }

  /** The field's tag, `number << 3 | wireType`, below 128: all fields of replies have numbers below 16. */
  tag(tag: number): void {
    this.#reserve(1);
    this.#at -= 1;
    this.#slab[this.#at] = tag;
  }

  /** A whole number of 0 to 2^53. */
  varint(value: number): void {
    if (value < 0x80) this.tag(value);
    else this.varint64(value | 0, Math.floor(value / TWO_32) | 0);
  }

  /** A number by its halves; negative ones take all ten bytes, whatever their width in memory. */
  varint64(low: number, high: number): void {
    const size = varintBytes(low >>> 0, high >>> 0);
    this.#reserve(size);
    this.#at -= size;
    const slab = this.#slab;
    let [lower, upper] = [low, high];
    for (let at = this.#at; at < this.#at + size - 1; at += 1) {
      slab[at] = (lower & 0x7f) | 0x80;
      lower = (lower >>> 7) | (upper << 25);
      upper >>>= 7;
    }
    slab[this.#at + size - 1] = lower & 0x7f;
  }

  double(tag: number, value: number): void {
    if (value === 0) return;
    this.#reserve(8);
    this.#at -= 8;
    this.#slab.writeDoubleLE(value, this.#at);
    this.tag(tag);
  }

  /** A text that is left out where it is empty. */
  text(tag: number, text: string): void {
    if (text !== '') this.element(tag, text);
  }

  /** One of many texts, or a key. */
  element(tag: number, text: string): void {
    const before = this.size;
    if (text.length > SHORT_TEXT || !this.#ascii(text)) this.#utf8(text);
    this.close(tag, before);
  }

  /** Bytes, or packed numbers that are laid out as they are in memory. */
  data(tag: number, data: Uint8Array): void {
    const { length } = data;
    if (length >= PART_BYTES) {
      this.#closePart();
      this.#parts.push(data);
      this.#partBytes += length;
    } else {
      this.#reserve(length);
      this.#at -= length;
      if (length > SHORT_DATA) this.#slab.set(data, this.#at);
      else for (let index = 0; index < length; index += 1) this.#slab[this.#at + index] = data[index] ?? 0;
    }
    this.varint(length);
    this.tag(tag);
  }

  /** Packed dimensions; a scalar has none. */
  shape(tag: number, shape: readonly number[]): void {
    if (shape.length === 0) return;
    const before = this.size;
    for (let index = shape.length - 1; index >= 0; index -= 1) this.varint(shape[index] ?? 0);
    this.close(tag, before);
  }

  /** Heads a message whose fields were written since `size` was `before`. */
  close(tag: number, before: number): void {
    this.varint(this.size - before);
    this.tag(tag);
  }

  /** False, and nothing is written, where the text is not ASCII. */
  #ascii(text: string): boolean {
    this.#reserve(text.length);
    const slab = this.#slab;
    let at = this.#at;
    for (let index = text.length - 1; index >= 0; index -= 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      at -= 1;
      slab[at] = code;
    }
    this.#at = at;
    return true;
  }

  #utf8(text: string): void {
    const size = Buffer.byteLength(text);
    this.#reserve(size);
    this.#at -= size;
    this.#slab.write(text, this.#at);
  }

  /** Makes room for `size` bytes in one piece. */
  #reserve(size: number): void {
    if (this.#at >= size) return;
    this.#closePart();
    this.#useSlab(Math.max(size, SLAB_BYTES));
  }

  #closePart(): void {
    if (this.#at === this.#end) return;
    this.#partBytes += this.#end - this.#at;
    this.#parts.push(this.#slab.subarray(this.#at, this.#end));
    this.#end = this.#at;
  }

  #useSlab(size: number): void {
    this.#slab = Buffer.allocUnsafeSlow(size);
    this.#at = size;
    this.#end = size;
  }
}

/** Seven bits a byte. */
function varintBytes(low: number, high: number): number {
  if (high === 0 && low < 2 ** 28) return low < 2 ** 14 ? (low < 2 ** 7 ? 1 : 2) : low < 2 ** 21 ? 3 : 4;
  if (high < 2 ** 3) return 5;
  if (high < 2 ** 17) return high < 2 ** 10 ? 6 : 7;
  return high < 2 ** 24 ? 8 : high < 2 ** 31 ? 9 : 10;
}
