/** Values in typed fields, as people write them, to the little-endian bytes that models take. */
import type { Datatype } from '../../domain/datatype.ts';
import { ServerError } from '../../domain/errors.ts';
import type { TensorData } from '../../domain/tensor.ts';
import { type Int64, packInt64s } from './int64.ts';
import { quote } from './quote.ts';

/** The typed fields of a tensor, whichever protocol they came by; absent ones are empty. */
export interface TypedValues {
  readonly floats: readonly number[];
  readonly doubles: readonly number[];
  readonly ints: readonly number[];
  readonly int64s: readonly Int64[];
  readonly uints: readonly number[];
  readonly uint64s: readonly Int64[];
  readonly bools: readonly boolean[];
  readonly strings: readonly string[];
}

export type TypedField = keyof TypedValues;

/** The field that carries a datatype; FP16 has none and goes raw. */
export const FIELD_OF: Readonly<Record<Datatype, TypedField | undefined>> = {
  BOOL: 'bools',
  UINT8: 'uints',
  UINT16: 'uints',
  UINT32: 'uints',
  UINT64: 'uint64s',
  INT8: 'ints',
  INT16: 'ints',
  INT32: 'ints',
  INT64: 'int64s',
  FP16: undefined,
  FP32: 'floats',
  FP64: 'doubles',
  BYTES: 'strings',
};

/** What a tensor without a datatype holds. */
export const DATATYPE_OF: Readonly<Record<TypedField, Datatype>> = {
  floats: 'FP32',
  doubles: 'FP64',
  ints: 'INT32',
  int64s: 'INT64',
  uints: 'UINT32',
  uint64s: 'UINT64',
  bools: 'BOOL',
  strings: 'BYTES',
};

const FIELDS: readonly TypedField[] = ['floats', 'doubles', 'ints', 'int64s', 'uints', 'uint64s', 'bools', 'strings'];

/** The fields that hold values. */
export function filledFields(values: TypedValues): TypedField[] {
  return FIELDS.filter((field) => values[field].length > 0);
}

export function packValues(name: string, datatype: Datatype, values: TypedValues): TensorData {
  switch (datatype) {
    case 'FP32':
      return bytesOf(new Float32Array(values.floats));
    case 'FP64':
      return bytesOf(new Float64Array(values.doubles));
    case 'INT64':
      return packInt64s(values.int64s);
    case 'UINT64':
      return packInt64s(values.uint64s);
    case 'INT32':
      return bytesOf(new Int32Array(values.ints));
    case 'UINT32':
      return bytesOf(new Uint32Array(values.uints));
    case 'INT16':
      return bytesOf(new Int16Array(within(name, datatype, values.ints, -32_768, 32_767)));
    case 'INT8':
      return bytesOf(new Int8Array(within(name, datatype, values.ints, -128, 127)));
    case 'UINT16':
      return bytesOf(new Uint16Array(within(name, datatype, values.uints, 0, 65_535)));
    case 'UINT8':
      return new Uint8Array(within(name, datatype, values.uints, 0, 255));
    case 'BOOL':
      return Uint8Array.from(values.bools, Number);
    case 'BYTES':
      return values.strings;
    case 'FP16':
      throw new ServerError('invalid_argument', `FP16 input ${quote(name)} has no typed field; send its bytes raw`);
  }
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function within(name: string, datatype: Datatype, values: readonly number[], min: number, max: number) {
  const wrong = values.findIndex((value) => value < min || value > max);
  if (wrong === -1) return values;
  const message = `element ${wrong} of input ${quote(name)} is ${values[wrong]}; ${datatype} holds ${min} to ${max}`;
  throw new ServerError('invalid_argument', message);
}
