/**
 * Reads a protobuf message in place. It takes what protobufjs takes, with three exceptions where protobufjs guesses: a
 * varint that has no end, one of 6 to 9 bytes, and a string that is cut short are read by the specification here.
 */
import { constants } from 'node:buffer';
import { knownText, SHORT_TEXT_BYTES } from './known-text.ts';
import { malformedMessage } from './malformed.ts';

/** The low bits of a tag. */
const VARINT = 0;
const FIXED_64 = 1;
/** Strings, bytes, messages and packed numbers. */
export const SIZED = 2;
const GROUP = 3;
const GROUP_END = 4;
const FIXED_32 = 5;

const MAX_VARINT_BYTES = 10;

/** Groups within groups, as protobufjs counts them. */
const MAX_DEPTH = 100;

/** Smaller pieces are copied: that is as quick as a view, and keeps no chunk of the socket in memory. */
const MIN_VIEW_BYTES = 65;

export class WireReader {
  readonly bytes: Buffer;
  /** Where to read next, and where the message at hand ends. */
  at = 0;
  end: number;
  /** The halves of the last 64-bit integer; here, so that none needs an object of its own. */
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
  }

  /** The low 32 bits of a varint. */
  uint32(): number {
    const { at } = this;
    if (at < this.end) {
      const byte = this.bytes[at] ?? 0;
      if (byte < 0x80) {
        this.at = at + 1;
        return byte;
      }
    }
    return this.#longUint32();
  }

  /** A varint of up to 64 bits, into `low` and `high`. */
  int64(): void {
    const { bytes, at: start } = this;
    const limit = Math.min(this.end, start + MAX_VARINT_BYTES);
    let low = 0;
    let high = 0;
    for (let at = start, shift = 0; at < limit; at += 1, shift += 7) {
      const byte = bytes[at] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift > 28) high |= bits << (shift - 32);
      else if (shift === 28) high = bits >> 4;
      if (byte < 0x80) {
        this.low = low;
        this.high = high;
        this.at = at + 1;
        return;
      }
    }
    throw this.#endless(limit - start);
  }

  /** The length of the sized field that begins here; `at` is then its first byte. */
  size(): number {
    const size = this.uint32();
    if (this.at + size > this.end) throw this.#outOfRange(size);
    return size;
  }

  /** Narrows the reader to the message or the packed numbers that begin here; gives what leave() is to restore. */
  enter(): number {
    const outer = this.end;
    this.end = this.size() + this.at;
    return outer;
  }

  /** Everything that was entered has been read: what comes next is the outer message's. */
  leave(outer: number): void {
    this.end = outer;
  }

  /** How many varints there are from here to the end: each has one byte without the continuation bit. */
  countVarints(): number {
    const { bytes, at: start, end } = this;
    let count = 0;
    for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) < 0x80) count += 1;
    if (start < end && (bytes[end - 1] ?? 0) >= 0x80) throw this.#outOfRange(end + 1 - start);
    return count;
  }

  /** UTF-8, with U+FFFD for what is not. */
  text(): string {
    const size = this.size();
    if (size === 0) return '';
    const start = this.step(size);
    return this.decode(start);
  }

  /** Text that many messages have in common, such as the name of a model. */
  name(): string {
    const size = this.size();
    if (size === 0) return '';
    const start = this.step(size);
    if (size > SHORT_TEXT_BYTES) return this.decode(start);
    return knownText(this.bytes, start, this.at);
  }

  /** The text from `start` to here. */
  decode(start: number): string {
    if (this.at - start > constants.MAX_STRING_LENGTH) {
      throw malformedMessage(`a text of ${this.at - start} bytes is longer than a string can be`);
    }
    return this.bytes.toString('utf8', start, this.at);
  }

  /** The next bytes: a view of the message unless they are few. */
  slice(size: number): Uint8Array {
    const { bytes } = this;
    const start = this.step(size);
    if (size >= MIN_VIEW_BYTES) return new Uint8Array(bytes.buffer, bytes.byteOffset + start, size);
    const copy = new Uint8Array(size);
    for (let index = 0; index < size; index += 1) copy[index] = bytes[start + index] ?? 0;
    return copy;
  }

  /** Steps over so many bytes; gives where they began. */
  step(size: number): number {
    const start = this.at;
    if (start + size > this.end) throw this.#outOfRange(size);
    this.at = start + size;
    return start;
  }

  /** Steps over the value of a field that means nothing here; `depth` counts the messages around it. */
  skip(wireType: number, depth: number): void {
    if (depth > MAX_DEPTH) throw malformedMessage('maximum nesting depth exceeded');
    switch (wireType) {
      case VARINT:
        this.int64();
        return;
      case FIXED_64:
        this.step(8);
        return;
      case SIZED:
        this.step(this.size());
        return;
      case GROUP:
        for (let inner = this.uint32() & 7; inner !== GROUP_END; inner = this.uint32() & 7) this.skip(inner, depth + 1);
        return;
      case FIXED_32:
        this.step(4);
        return;
      default:
        throw malformedMessage(`invalid wire type ${wireType} at offset ${this.at}`);
    }
  }

  #longUint32(): number {
    const { bytes, at: start } = this;
    const limit = Math.min(this.end, start + MAX_VARINT_BYTES);
    let value = 0;
    for (let at = start, shift = 0; at < limit; at += 1, shift += 7) {
      const byte = bytes[at] ?? 0;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.at = at + 1;
        return value >>> 0;
      }
    }
    throw this.#endless(limit - start);
  }

  #endless(size: number): Error {
    return size < MAX_VARINT_BYTES ? this.#outOfRange(size + 1) : malformedMessage('invalid varint encoding');
  }

  #outOfRange(size: number): Error {
    return malformedMessage(`index out of range: ${this.at} + ${size} > ${this.end}`);
  }
}
