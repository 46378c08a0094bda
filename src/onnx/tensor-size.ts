/** How many bytes the values of a tensor take, and whether those that are there can be all of them. */
import { ServerError } from '../domain/errors.ts';

/** Bits of an element by TensorProto.DataType; strings (8) have no size. */
const ELEMENT_BITS: ReadonlyMap<number, number> = new Map([
  ...[2, 3, 9, 17, 18, 19, 20, 24].map((type) => [type, 8] as const),
  ...[4, 5, 10, 16].map((type) => [type, 16] as const),
  ...[1, 6, 12].map((type) => [type, 32] as const),
  ...[7, 11, 13, 14].map((type) => [type, 64] as const),
  [15, 128],
  ...[21, 22, 23].map((type) => [type, 4] as const),
  ...[25, 26].map((type) => [type, 2] as const),
]);
const STRING = 8;

/** Fields of TensorProto with values, and the types whose values they take. */
const FLOAT_DATA = 4;
const INT32_DATA = 5;
const STRING_DATA = 6;
const INT64_DATA = 7;
const RAW_DATA = 9;
const DOUBLE_DATA = 10;
const UINT64_DATA = 11;
const TYPES_OF: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [FLOAT_DATA, new Set([1, 14])],
  [INT32_DATA, new Set([2, 3, 4, 5, 6, 9, 10, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26])],
  [STRING_DATA, new Set([STRING])],
  [INT64_DATA, new Set([7])],
  [RAW_DATA, new Set(ELEMENT_BITS.keys())],
  [DOUBLE_DATA, new Set([11, 15])],
  [UINT64_DATA, new Set([12, 13])],
]);
/** Fields whose bytes are those of the values. */
const PLAIN: ReadonlySet<number> = new Set([FLOAT_DATA, RAW_DATA, DOUBLE_DATA]);
const MAX_VARINT_BYTES = 10;
/** Beyond it numbers are not exact. */
const MAX_ELEMENTS = 2 ** 53;

export interface TensorShape {
  /** The tensor, as a sentence about it begins. */
  readonly what: string;
  readonly type: number;
  readonly dims: readonly number[];
}

/** What is there of one field's values: how many fields, and the bytes in them. */
export interface FieldValues {
  readonly fields: number;
  readonly bytes: number;
}

/** Throws where there cannot be so many. `what` begins a sentence about it. */
export function elementsOf({ what, dims }: { readonly what: string; readonly dims: readonly number[] }): number {
  let elements = 1;
  for (const dim of dims) {
    // As it is written, a negative number is one of 64 bits.
    if (dim >= 2 ** 63) throw refused(what, 'a negative dimension');
    elements *= dim;
    if (elements > MAX_ELEMENTS) throw refused(what, `a shape of more than ${MAX_ELEMENTS} elements`);
  }
  return elements;
}

/** Of raw values. Throws where the type is none, or has no size. */
export function bytesOfShape(shape: TensorShape): number {
  const bits = ELEMENT_BITS.get(shape.type);
  if (bits === undefined) throw refused(shape.what, `element type ${shape.type} where its values should have a size`);
  return Math.ceil((elementsOf(shape) * bits) / 8);
}

/** Throws where what is there cannot be the values of the shape. */
export function checkValues(shape: TensorShape, found: ReadonlyMap<number, FieldValues>): void {
  const elements = elementsOf(shape);
  if (found.size > 1) throw refused(shape.what, 'values in more than one form');
  for (const [field, { fields, bytes }] of found) {
    if (TYPES_OF.get(field)?.has(shape.type) !== true) {
      throw refused(shape.what, `values in field ${field}, which takes none of element type ${shape.type}`);
    }
    if (field === STRING_DATA) requireAll(shape, { there: fields, least: elements, most: elements });
    else if (PLAIN.has(field)) {
      const size = bytesOfShape(shape);
      requireAll(shape, { there: bytes, least: size, most: size });
    } else {
      // One number for an element, or for a byte of several.
      const numbers = Math.min(elements, bytesOfShape(shape));
      requireAll(shape, { there: bytes, least: numbers, most: numbers * MAX_VARINT_BYTES });
    }
  }
  if (found.size === 0) requireAll(shape, { there: 0, least: elements, most: elements });
}

function requireAll(
  { what, type, dims }: TensorShape,
  { there, least, most }: { readonly there: number; readonly least: number; readonly most: number },
): void {
  if (there >= least && there <= most) return;
  const unit = type === STRING ? 'texts' : 'bytes';
  const shape = `[${dims.slice(0, 8).join(', ')}${dims.length > 8 ? ', …' : ''}]`;
  throw refused(what, `${there} ${unit} of values where shape ${shape} of element type ${type} asks for ${least}`);
}

function refused(what: string, problem: string): ServerError {
  return new ServerError('invalid_argument', `${what} has ${problem}; export the model again`);
}
