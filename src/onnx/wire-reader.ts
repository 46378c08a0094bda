/** Protobuf's wire format, read piece by piece: of a model of many gigabytes only a window is in memory. */
import { ServerError } from '../domain/errors.ts';

/** Exactly `length` bytes from `offset` on; they may be overwritten by the next call. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** Offsets in the file, from the first byte to the one behind the last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Field {
  readonly number: number;
  readonly wire: 'varint' | 'bytes' | 'fixed';
  /** Where its tag begins. */
  readonly at: number;
  /** Its content: of `bytes` what follows the length, of the others the encoded value. */
  readonly content: Range;
  /** Of a varint; rounded where it is beyond 2^53. */
  readonly value: number;
}

const WINDOW_BYTES = 2 ** 16;
/** A text that begins with a byte order mark is another one than that without. */
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
/** Real models have some 10 a node and 10 a tensor. */
export const MAX_FIELDS = 5_000_000;
const MAX_VARINT_BYTES = 10;
/** Of tags and lengths, which are 32 bits; more would be padding, which readers understand differently. */
const MAX_PREFIX_BYTES = 5;
/** Protobuf's own limit of a message, and of what is in it. */
const MAX_LENGTH = 2 ** 31 - 1;

export class WireReader {
  readonly size: number;
  readonly #read: ReadBytes;
  #window: Uint8Array = new Uint8Array(0);
  #windowAt = 0;
  #fieldsLeft = MAX_FIELDS;
  /** Behind the varint that was read last. */
  #next = 0;

  constructor(source: { readonly size: number; readonly read: ReadBytes }) {
    this.size = source.size;
    this.#read = source.read;
  }

  /** The fields of a message, in the file's order. Throws where it is none. */
  *fields(message: Range): Generator<Field, void, void> {
    for (let at = message.start; at < message.end;) {
      const field = this.#field(at, message.end);
      yield field;
      at = field.content.end;
    }
  }

  /** Throws where it is longer than `limit` bytes. */
  text(range: Range, limit: number): string {
    const bytes = range.end - range.start;
    if (bytes > limit) throw malformed(range.start, `a text of ${bytes} bytes where ${limit} are the most`);
    return DECODER.decode(this.#bytes(range.start, bytes));
  }

  /** Of a packed field. */
  *varints(range: Range): Generator<number, void, void> {
    for (let at = range.start; at < range.end; at = this.#next) {
      this.#count();
      yield this.#varint(at, range.end);
    }
  }

  #field(at: number, end: number): Field {
    this.#count();
    const tag = this.#varint(at, end, MAX_PREFIX_BYTES);
    const start = this.#next;
    const number = Math.floor(tag / 8);
    if (number === 0 || number >= 2 ** 29) throw malformed(at, `field number ${number}, which no field has`);
    switch (tag % 8) {
      case 0: {
        const value = this.#varint(start, end);
        return { number, wire: 'varint', at, content: { start, end: this.#next }, value };
      }
      case 1:
        return { number, wire: 'fixed', at, content: this.#span(start, 8, end), value: 0 };
      case 2: {
        const length = this.#varint(start, end, MAX_PREFIX_BYTES);
        if (length > MAX_LENGTH) throw malformed(start, `${length} bytes announced where ${MAX_LENGTH} are the most`);
        return { number, wire: 'bytes', at, content: this.#span(this.#next, length, end), value: 0 };
      }
      case 5:
        return { number, wire: 'fixed', at, content: this.#span(start, 4, end), value: 0 };
      default:
        throw malformed(at, `wire type ${tag % 8}, which ONNX does not use`);
    }
  }

  #span(start: number, length: number, end: number): Range {
    if (length <= end - start) return { start, end: start + length };
    throw malformed(start, `${length} bytes announced where ${end - start} are left`);
  }

  #varint(start: number, end: number, maxBytes = MAX_VARINT_BYTES): number {
    let value = 0;
    let scale = 1;
    const last = Math.min(end, start + maxBytes);
    for (let at = start; at < last; at += 1) {
      const byte = this.#byte(at);
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) {
        this.#next = at + 1;
        return value;
      }
    }
    throw malformed(start, 'a number that does not end');
  }

  #bytes(start: number, length: number): Uint8Array {
    const at = start - this.#windowAt;
    if (at < 0 || at + length > this.#window.length) return this.#read(start, length);
    return this.#window.subarray(at, at + length);
  }

  #byte(at: number): number {
    if (at < this.#windowAt || at >= this.#windowAt + this.#window.length) {
      this.#window = this.#read(at, Math.min(WINDOW_BYTES, this.size - at)).slice();
      this.#windowAt = at;
    }
    return this.#window[at - this.#windowAt] ?? 0;
  }

  #count(): void {
    this.#fieldsLeft -= 1;
    if (this.#fieldsLeft < 0) {
      throw new ServerError('invalid_argument', `the model file has more than ${MAX_FIELDS} fields`);
    }
  }
}

export function malformed(at: number, what: string): ServerError {
  return new ServerError('invalid_argument', `the model file has ${what}, at byte ${at}; export it again`);
}
