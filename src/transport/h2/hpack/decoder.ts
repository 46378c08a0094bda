/** Turns header blocks into lists of fields (RFC 7541), within limits at which it stops. */
import { BlockReader } from './block-reader.ts';
import { ByteMemory } from './byte-memory.ts';
import { DynamicTable, FIELD_OVERHEAD_BYTES } from './dynamic-table.ts';
import { HeaderList } from './header-list.ts';
import type { HeaderField } from './header-list.ts';
import { HpackError } from './hpack-error.ts';
import { STATIC_TABLE } from './static-table.ts';

/** How a field begins (RFC 7541, 6): the highest bit that is set tells what it is, the bits below it are an integer. */
const INDEXED = 0x80;
const INDEXED_BITS = 7;
const LITERAL_TO_KEEP = 0x40;
const LITERAL_TO_KEEP_BITS = 6;
const TABLE_SIZE = 0x20;
const TABLE_SIZE_BITS = 5;
/** Not to be kept by this side, or by nobody on the way: the same to one who answers. */
const LITERAL_BITS = 4;

/** A client has few kinds of calls; blocks of more than 256 bytes have literals that change. */
const BLOCK_MEMORY = { places: 32, maxBytes: 256 };

export interface HpackLimits {
  /** The SETTINGS_HEADER_TABLE_SIZE that was announced: at least the protocol's 4,096. */
  readonly maxTableBytes: number;
  /** Of a list, as RFC 9113, 10.5.1 counts: names, values, and 32 bytes for each field. */
  readonly maxListBytes: number;
  readonly maxFields: number;
}

/**
 * One for each connection. A client that repeats its headers gets the same list for the same block, without a look at
 * its fields, as long as indices mean the same.
 */
export class HpackDecoder {
  readonly #limits: HpackLimits;
  readonly #table: DynamicTable;
  readonly #reader = new BlockReader();
  readonly #lists = new ByteMemory<HeaderList>(BLOCK_MEMORY);
  #failure: HpackError | undefined;

  constructor(limits: HpackLimits) {
    this.#limits = limits;
    this.#table = new DynamicTable(limits.maxTableBytes);
  }

  /** `block` is whole: the fragments of HEADERS and its CONTINUATIONs. After an error there is nothing but errors. */
  decode(block: Uint8Array): HeaderList {
    if (this.#failure !== undefined) throw this.#failure;
    const lists = this.#lists;
    const place = lists.placeOf(block, 0, block.length);
    const known = lists.recall(place, block, 0, block.length);
    if (known !== undefined) return known;
    const list = new HeaderList(this.#read(block));
    // A block that changed the table means something else the next time.
    if (lists.era === this.#table.changes) lists.keep(place, block, 0, block.length, list);
    else lists.era = this.#table.changes;
    return list;
  }

  #read(block: Uint8Array): HeaderField[] {
    this.#reader.open(Buffer.isBuffer(block) ? block : Buffer.from(block.buffer, block.byteOffset, block.byteLength));
    try {
      this.#readTableSizes();
      return this.#readFields();
    } catch (caught) {
      if (caught instanceof HpackError) this.#failure = caught;
      throw caught;
    } finally {
      this.#reader.close();
    }
  }

  /** They stand before the first field, or alone. */
  #readTableSizes(): void {
    const { maxTableBytes } = this.#limits;
    const reader = this.#reader;
    while (!reader.isAtEnd && reader.peek() >= TABLE_SIZE && reader.peek() < LITERAL_TO_KEEP) {
      const bytes = reader.readInteger(TABLE_SIZE_BITS);
      if (bytes > maxTableBytes) {
        throw new HpackError('compression', `a header table of ${bytes} bytes is above the announced ${maxTableBytes}`);
      }
      this.#table.resize(bytes);
    }
  }

  #readFields(): HeaderField[] {
    const { maxListBytes, maxFields } = this.#limits;
    const fields: HeaderField[] = [];
    let room = maxListBytes;
    while (!this.#reader.isAtEnd) {
      if (fields.length === maxFields) {
        throw new HpackError('too_large', `a header list has more than ${maxFields} fields; send fewer`);
      }
      room -= FIELD_OVERHEAD_BYTES;
      const field = this.#readField(room);
      room -= field.name.length + field.value.length;
      if (room < 0) {
        throw new HpackError('too_large', `a header list has more than ${maxListBytes} bytes; send less`);
      }
      fields.push(field);
    }
    return fields;
  }

  #readField(room: number): HeaderField {
    const first = this.#reader.peek();
    if (first >= INDEXED) return this.#fieldAt(this.#reader.readInteger(INDEXED_BITS));
    if (first >= LITERAL_TO_KEEP) {
      const field = this.#readLiteral(LITERAL_TO_KEEP_BITS, room);
      this.#table.add(field);
      return field;
    }
    if (first >= TABLE_SIZE) {
      throw new HpackError('compression', 'a change of the header table stands behind a field of its block');
    }
    return this.#readLiteral(LITERAL_BITS, room);
  }

  #readLiteral(nameBits: number, room: number): HeaderField {
    const index = this.#reader.readInteger(nameBits);
    const name = index === 0 ? this.#reader.readString(room) : this.#fieldAt(index).name;
    const value = this.#reader.readString(room - name.length);
    return { name, value };
  }

  #fieldAt(index: number): HeaderField {
    const known =
      index <= STATIC_TABLE.length ? STATIC_TABLE[index - 1] : this.#table.at(index - 1 - STATIC_TABLE.length);
    if (known === undefined) {
      throw new HpackError('compression', `a header block names entry ${index} of a table that has no such entry`);
    }
    return known;
  }
}
