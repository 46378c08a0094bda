/** Writes header blocks that need no state: static table and plain literals, nothing for the other side to remember. */
import { STATIC_TABLE } from './static-table.ts';

const INDEXED = 0x80;
const INDEXED_BITS = 7;
/** A literal that is not to be kept: its first four bits are 0, the others begin the index of its name. */
const LITERAL = 0;
const LITERAL_BITS = 4;
/** A string that is not Huffman-coded: its first bit is 0. */
const PLAIN = 0;
const LENGTH_BITS = 7;
/** An integer of 32 bits after its prefix takes so many; a field has an index or two lengths. */
const MAX_INTEGER_BYTES = 6;

interface NameIndex {
  /** Of the first entry with that name. */
  readonly index: number;
  readonly byValue: Map<string, number>;
}

const INDEX_BY_NAME = new Map<string, NameIndex>();
for (const [at, { name, value }] of STATIC_TABLE.entries()) {
  const entry = INDEX_BY_NAME.get(name) ?? { index: at + 1, byValue: new Map<string, number>() };
  entry.byValue.set(value, at + 1);
  INDEX_BY_NAME.set(name, entry);
}

export type FieldToSend = readonly [name: string, value: string];

/** Names in lower case; a character is a byte, so nothing above U+00FF. */
export function encodeFields(fields: readonly FieldToSend[]): Buffer {
  let most = 0;
  for (const [name, value] of fields) most += 3 * MAX_INTEGER_BYTES + name.length + value.length;
  const bytes = Buffer.allocUnsafe(most);
  let at = 0;
  for (const field of fields) at = writeField(bytes, at, field);
  return bytes.subarray(0, at);
}

function writeField(bytes: Buffer, start: number, [name, value]: FieldToSend): number {
  const known = INDEX_BY_NAME.get(name);
  const whole = known?.byValue.get(value);
  if (whole !== undefined) return writeInteger(bytes, start, { value: whole, bits: INDEXED_BITS, flags: INDEXED });
  let at = writeInteger(bytes, start, { value: known?.index ?? 0, bits: LITERAL_BITS, flags: LITERAL });
  if (known === undefined) at = writeString(bytes, at, name);
  return writeString(bytes, at, value);
}

function writeString(bytes: Buffer, start: number, text: string): number {
  const at = writeInteger(bytes, start, { value: text.length, bits: LENGTH_BITS, flags: PLAIN });
  return at + bytes.write(text, at, 'latin1');
}

/** An integer whose first bits share a byte with `flags`; returns where it ends. */
function writeInteger(bytes: Buffer, start: number, integer: { value: number; bits: number; flags: number }): number {
  const { value, bits, flags } = integer;
  const most = (1 << bits) - 1;
  let at = start;
  if (value < most) {
    bytes[at] = flags | value;
    return at + 1;
  }
  bytes[at] = flags | most;
  at += 1;
  let rest = value - most;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes[at] = (rest % 0x80) | 0x80;
    at += 1;
  }
  bytes[at] = rest;
  return at + 1;
}
