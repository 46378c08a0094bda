/** Reads what a TensorProto says about itself, without its values. */
import { ServerError } from '../domain/errors.ts';
import { MAX_NAME_BYTES, knownFields } from './schema.ts';
import { bytesOfShape, checkValues } from './tensor-size.ts';
import type { FieldValues } from './tensor-size.ts';
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
  readonly external: ExternalPlace | undefined;
}

/** Where the values are when they are in another file. */
export interface ExternalPlace {
  /** Location, offset, length, as written. */
  readonly entries: ReadonlyMap<string, string>;
  /** As many as the shape asks for. */
  readonly bytes: number;
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

/** The typed fields whose packed form is the same bytes: float and double. */
const TYPED: ReadonlyMap<number, number> = new Map([
  [FLOAT_DATA, 1],
  [DOUBLE_DATA, 11],
]);

const MAX_RANK = 64;
const MAX_ENTRIES = 16;
/** Dimensions, type, name, and what tools note beside them. */
const MAX_DESCRIPTION = 1000;
const MAX_ENTRY_BYTES = 4096;
/** Of a name, in messages. */
const MAX_SHOWN = 100;

/** Throws where its values cannot be those of its shape. */
export function readTensor(reader: WireReader, { at, content }: Field): TensorFacts {
  let data: Field | undefined;
  let [name, type, location] = ['', 0, 0];
  const found = new Map<number, FieldValues>();
  const entries: Field[] = [];
  const description: Range[] = [];
  const dims: number[] = [];
  for (const field of knownFields(reader, 'tensor', content)) {
    if (field.number === DATA_LOCATION) location = field.value;
    else if (field.number === EXTERNAL_DATA) entries.push(field);
    else if (isData(field)) {
      data = field;
      const { fields, bytes } = found.get(field.number) ?? { fields: 0, bytes: 0 };
      const more = field.content.end - field.content.start;
      found.set(field.number, { fields: fields + 1, bytes: bytes + more });
    } else description.push({ start: field.at, end: field.content.end });
    if (field.number === NAME) name = reader.text(field.content, MAX_NAME_BYTES);
    if (field.number === DATA_TYPE) type = field.value;
    if (field.number === DIMS) dims.push(...dimsOf(reader, field, dims.length));
    if (entries.length > MAX_ENTRIES || description.length > MAX_DESCRIPTION) {
      throw malformed(field.at, 'a tensor that says more about itself than any does');
    }
  }
  const shape = { what: `tensor "${name.slice(0, MAX_SHOWN)}"`, type, dims };
  const facts = { name, field: { start: at, end: content.end }, description };
  if (location === EXTERNAL) {
    if (data !== undefined) throw malformed(data.at, 'a tensor with values here and in another file');
    const external = { entries: readEntries(reader, entries, name), bytes: bytesOfShape(shape) };
    return { ...facts, values: undefined, external };
  }
  checkValues(shape, found);
  const isHere = entries.length === 0 && found.get(data?.number ?? 0)?.fields === 1;
  return { ...facts, values: isHere ? valuesIn(data, type) : undefined, external: undefined };
}

function isData({ number }: Field): boolean {
  return number === RAW_DATA || TYPED.has(number) || OTHER_DATA.has(number);
}

/** Of one field, where there were `former` before. */
export function dimsOf(reader: WireReader, { wire, content, value }: Field, former: number): number[] {
  const dims: number[] = [];
  for (const dim of wire === 'bytes' ? reader.varints(content) : [value]) {
    if (former + dims.length >= MAX_RANK) {
      throw malformed(content.start, `a tensor of more than ${MAX_RANK} dimensions`);
    }
    dims.push(dim);
  }
  return dims;
}

/** undefined where they are in another form. */
function valuesIn(data: Field | undefined, type: number): Range | undefined {
  if (data?.wire !== 'bytes') return undefined;
  return data.number === RAW_DATA || TYPED.get(data.number) === type ? data.content : undefined;
}

/** Fields of StringStringEntryProto. */
const KEY = 1;
const VALUE = 2;

function readEntries(reader: WireReader, entries: readonly Field[], name: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { content } of entries) {
    let [key, value] = ['', ''];
    for (const field of knownFields(reader, 'entry', content)) {
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
