/** Reads what a TensorProto says about itself, without its values. */
import { ServerError } from '../domain/errors.ts';
import { malformed } from './wire-reader.ts';
import type { Field, Range, WireReader } from './wire-reader.ts';

export interface TensorFacts {
  readonly name: string;
  /** The whole field in the file, tag and length included. */
  readonly field: Range;
  /** The values as they would lie in a file of their own; undefined where they are elsewhere or written otherwise. */
  readonly values: Range | undefined;
  /** Parts of the message that say something else than the values. */
  readonly description: readonly Range[];
  /** Where the values are when they are in another file: location, offset, length, as written. */
  readonly external: ReadonlyMap<string, string> | undefined;
}

/** Fields of TensorProto. */
const DIMS = 1;
const DATA_TYPE = 2;
const FLOAT_DATA = 4;
const NAME = 8;
const RAW_DATA = 9;
const DOUBLE_DATA = 10;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
/** int32_data, string_data, int64_data and uint64_data: varints and texts, which no file of values holds. */
const OTHER_DATA: ReadonlySet<number> = new Set([5, 6, 7, 11]);
const EXTERNAL = 1;

/** Bits of an element by TensorProto.DataType; strings (8) have no size. */
const ELEMENT_BITS: ReadonlyMap<number, number> = new Map([
  ...[2, 3, 9, 17, 18, 19, 20, 24].map((type) => [type, 8] as const),
  ...[4, 5, 10, 16].map((type) => [type, 16] as const),
  ...[1, 6, 12].map((type) => [type, 32] as const),
  ...[7, 11, 13, 14].map((type) => [type, 64] as const),
  [15, 128],
  ...[21, 22, 23].map((type) => [type, 4] as const),
]);

/** The typed fields whose packed form is the same bytes: float and double. */
const TYPED: ReadonlyMap<number, number> = new Map([
  [FLOAT_DATA, 1],
  [DOUBLE_DATA, 11],
]);

const MAX_RANK = 64;
const MAX_NAME_BYTES = 2 ** 16;
const MAX_ENTRIES = 16;
/** Dimensions, type, name, and what tools note beside them. */
const MAX_DESCRIPTION = 1000;
const MAX_ENTRY_BYTES = 4096;

export function readTensor(reader: WireReader, { at, content }: Field): TensorFacts {
  let data: Field | undefined;
  let dataFields = 0;
  const entries: Field[] = [];
  const description: Range[] = [];
  const dims: number[] = [];
  let [name, type, location] = ['', 0, 0];
  for (const field of reader.fields(content)) {
    if (field.number === DATA_LOCATION) location = field.value;
    else if (field.number === EXTERNAL_DATA) entries.push(field);
    else if (isData(field)) {
      data = field;
      dataFields += 1;
    } else description.push({ start: field.at, end: field.content.end });
    if (field.number === NAME) name = reader.text(field.content, MAX_NAME_BYTES);
    if (field.number === DATA_TYPE) type = field.value;
    if (field.number === DIMS) dims.push(...dimsOf(reader, field, MAX_RANK - dims.length));
    if (entries.length > MAX_ENTRIES || description.length > MAX_DESCRIPTION) {
      throw malformed(field.at, 'a tensor that says more about itself than any does');
    }
  }
  const isHere = dataFields === 1 && location !== EXTERNAL && entries.length === 0;
  const values = data !== undefined && isHere ? valuesIn(data, { type, dims }) : undefined;
  const external = location === EXTERNAL ? readEntries(reader, entries, name) : undefined;
  return { name, field: { start: at, end: content.end }, values, description, external };
}

function isData({ number }: Field): boolean {
  return number === RAW_DATA || TYPED.has(number) || OTHER_DATA.has(number);
}

function dimsOf(reader: WireReader, { wire, content, value }: Field, room: number): number[] {
  const dims: number[] = [];
  for (const dim of wire === 'bytes' ? reader.varints(content) : [value]) {
    if (dims.length >= room) throw malformed(content.start, `a tensor of more than ${MAX_RANK} dimensions`);
    dims.push(dim);
  }
  return dims;
}

/** undefined where they are in another form, or not as many as the shape says: the runtime has the say about those. */
function valuesIn(
  { number, wire, content }: Field,
  { type, dims }: { readonly type: number; readonly dims: readonly number[] },
): Range | undefined {
  const bits = ELEMENT_BITS.get(type);
  if (wire !== 'bytes' || bits === undefined) return undefined;
  if (number !== RAW_DATA && TYPED.get(number) !== type) return undefined;
  const elements = dims.reduce((product, dim) => product * dim, 1);
  return Math.ceil((elements * bits) / 8) === content.end - content.start ? content : undefined;
}

/** Fields of StringStringEntryProto. */
const KEY = 1;
const VALUE = 2;

function readEntries(reader: WireReader, entries: readonly Field[], name: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { content } of entries) {
    let [key, value] = ['', ''];
    for (const field of reader.fields(content)) {
      if (field.number === KEY) key = reader.text(field.content, MAX_ENTRY_BYTES);
      if (field.number === VALUE) value = reader.text(field.content, MAX_ENTRY_BYTES);
    }
    if (found.has(key)) {
      throw new ServerError('invalid_argument', `tensor "${name}" says twice what its ${key} in another file is`);
    }
    found.set(key, value);
  }
  return found;
}
