/** Reads a header block from left to right: integers and strings (RFC 7541, 5). */
import { ByteMemory } from './byte-memory.ts';
import { HpackError } from './hpack-error.ts';
import { MAX_EXPANSION, MIN_EXPANSION, unpackHuffman } from './huffman.ts';

/** Of an integer after its prefix: enough for 2^28, far above any length or index that there can be. */
const MAX_CONTINUATION_BYTES = 4;
const CONTINUES = 0x80;

const IS_PACKED = 0x80;
const LENGTH_BITS = 7;

/** Longer strings are rarely sent twice as literals. */
const STRING_MEMORY = { places: 64, maxBytes: 64 };

/** Strings unpacked one after the other by all readers; longer ones get a buffer of their own. */
const SCRATCH = Buffer.allocUnsafeSlow(4096);

const NOTHING = Buffer.alloc(0);

/** One for all blocks of a connection: `open` begins a block, and each read goes on where the last ended. */
export class BlockReader {
  readonly #strings = new ByteMemory<string>(STRING_MEMORY);
  #block: Buffer = NOTHING;
  #at = 0;

  open(block: Buffer): void {
    this.#block = block;
    this.#at = 0;
  }

  /** A block is a view of what the socket gave, which lives no longer than is needed. */
  close(): void {
    this.#block = NOTHING;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#block.length;
  }

  /** The next byte, which is read again by what follows; its first bits tell what that is. */
  peek(): number {
    return this.#block[this.#at] ?? 0;
  }

  /** An integer whose first `prefixBits` bits are the last of the next byte. */
  readInteger(prefixBits: number): number {
    const most = (1 << prefixBits) - 1;
    const start = this.#at;
    const prefix = this.#readByte() & most;
    if (prefix < most) return prefix;
    let value = most;
    for (let shift = 0; ; shift += 7) {
      if (this.#at - start > MAX_CONTINUATION_BYTES) {
        throw new HpackError('compression', `an integer of a header block takes over ${MAX_CONTINUATION_BYTES} bytes`);
      }
      const byte = this.#readByte();
      value += (byte & (CONTINUES - 1)) << shift;
      if (byte < CONTINUES) return value;
    }
  }

  /** A string of at most `room` bytes; a longer one is too large. */
  readString(room: number): string {
    const block = this.#block;
    const start = this.#at;
    const isPacked = this.peek() >= IS_PACKED;
    const length = this.readInteger(LENGTH_BITS);
    const first = this.#at;
    const end = first + length;
    if (end > block.length) throw new HpackError('compression', 'a string goes beyond the end of its header block');
    const least = isPacked ? Math.floor(length * MIN_EXPANSION) : length;
    if (least > room) throw tooLarge();
    this.#at = end;
    const place = this.#strings.placeOf(block, start, end);
    let text = this.#strings.recall(place, block, start, end);
    if (text === undefined) {
      text = isPacked ? unpack(block, first, end) : block.toString('latin1', first, end);
      this.#strings.keep(place, block, start, end, text);
    }
    if (text.length > room) throw tooLarge();
    return text;
  }

  #readByte(): number {
    const byte = this.#block[this.#at];
    if (byte === undefined) throw new HpackError('compression', 'a header block ends in the middle of a field');
    this.#at += 1;
    return byte;
  }
}

function unpack(block: Buffer, start: number, end: number): string {
  const needed = Math.ceil((end - start) * MAX_EXPANSION) + 1;
  const into = needed <= SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(needed);
  return into.toString('latin1', 0, unpackHuffman(block, start, end, into));
}

function tooLarge(): HpackError {
  return new HpackError('too_large', 'a string of a header block is longer than what is left of its list');
}
