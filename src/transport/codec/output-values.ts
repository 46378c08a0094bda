/** Output tensors to what protobuf writes: raw bytes as they are, or plain arrays for the typed fields. */
import type { Datatype } from '../../domain/datatype.ts';
import type { Tensor, TensorData } from '../../domain/tensor.ts';
import { encodeByteStrings } from './byte-strings.ts';
import { toWireInt64 } from './int64.ts';

/** The bytes of the raw form; a view except for text. */
export function rawBytes(data: TensorData): Uint8Array {
  return data instanceof Uint8Array ? data : encodeByteStrings(data);
}

/** One output's values for a typed field; `raw` where the datatype has none. */
export type OutputValues =
  | { readonly kind: 'numbers'; readonly field: NumberField; readonly values: number[] }
  | { readonly kind: 'int64s'; readonly field: 'int64s' | 'uint64s'; readonly values: (number | string)[] }
  | { readonly kind: 'bools'; readonly values: boolean[] }
  | { readonly kind: 'strings'; readonly values: string[] }
  | { readonly kind: 'raw' };

type NumberField = 'floats' | 'doubles' | 'ints' | 'uints';

export function outputValues({ datatype, data }: Tensor): OutputValues {
  if (!(data instanceof Uint8Array)) return { kind: 'strings', values: [...data] };
  // Typed arrays need an aligned start, which a view into a batch's buffer may not have.
  const { buffer } = new Uint8Array(data);
  switch (datatype) {
    case 'INT64':
      return { kind: 'int64s', field: 'int64s', values: Array.from(new BigInt64Array(buffer), toWireInt64) };
    case 'UINT64':
      return { kind: 'int64s', field: 'uint64s', values: Array.from(new BigUint64Array(buffer), toWireInt64) };
    case 'BOOL':
      return { kind: 'bools', values: Array.from(data, Boolean) };
    case 'FP16':
    case 'BYTES':
      return { kind: 'raw' };
    default:
      return { kind: 'numbers', field: NUMBER_FIELD[datatype], values: Array.from(numbers(datatype, buffer)) };
  }
}

type NumberDatatype = Exclude<Datatype, 'INT64' | 'UINT64' | 'BOOL' | 'FP16' | 'BYTES'>;

const NUMBER_FIELD: Readonly<Record<NumberDatatype, NumberField>> = {
  FP32: 'floats',
  FP64: 'doubles',
  INT8: 'ints',
  INT16: 'ints',
  INT32: 'ints',
  UINT8: 'uints',
  UINT16: 'uints',
  UINT32: 'uints',
};

function numbers(datatype: NumberDatatype, buffer: ArrayBuffer): ArrayLike<number> {
  switch (datatype) {
    case 'FP32':
      return new Float32Array(buffer);
    case 'FP64':
      return new Float64Array(buffer);
    case 'INT8':
      return new Int8Array(buffer);
    case 'INT16':
      return new Int16Array(buffer);
    case 'INT32':
      return new Int32Array(buffer);
    case 'UINT8':
      return new Uint8Array(buffer);
    case 'UINT16':
      return new Uint16Array(buffer);
    case 'UINT32':
      return new Uint32Array(buffer);
  }
}
