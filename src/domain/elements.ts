/** A tensor's elements as JavaScript reads them. */
import type { Datatype } from './datatype.ts';
import type { Tensor } from './tensor.ts';

export type Elements = ArrayLike<number | bigint | string>;

const READ: Readonly<Record<Exclude<Datatype, 'BYTES'>, (memory: ArrayBuffer) => Elements>> = {
  BOOL: (memory) => new Uint8Array(memory),
  UINT8: (memory) => new Uint8Array(memory),
  UINT16: (memory) => new Uint16Array(memory),
  UINT32: (memory) => new Uint32Array(memory),
  UINT64: (memory) => new BigUint64Array(memory),
  INT8: (memory) => new Int8Array(memory),
  INT16: (memory) => new Int16Array(memory),
  INT32: (memory) => new Int32Array(memory),
  INT64: (memory) => new BigInt64Array(memory),
  FP16: (memory) => new Float16Array(memory),
  FP32: (memory) => new Float32Array(memory),
  FP64: (memory) => new Float64Array(memory),
};

/** As numbers, bigints or strings; bytes are copied to align them. */
export function elementsOf(tensor: Tensor): Elements {
  if (!(tensor.data instanceof Uint8Array)) return tensor.data;
  if (tensor.datatype === 'BYTES') throw new TypeError(`tensor "${tensor.name}" of strings came as bytes`);
  return READ[tensor.datatype](new Uint8Array(tensor.data).buffer);
}

export function isFloat(datatype: Datatype): datatype is 'FP16' | 'FP32' | 'FP64' {
  return datatype === 'FP32' || datatype === 'FP64' || datatype === 'FP16';
}

const WIDEN: Readonly<Record<'FP16' | 'FP32' | 'FP64', (memory: ArrayBuffer) => Float64Array>> = {
  FP16: (memory) => new Float64Array(new Float16Array(memory)),
  FP32: (memory) => new Float64Array(new Float32Array(memory)),
  FP64: (memory) => new Float64Array(memory),
};

/** Of a tensor of floats, as doubles: loops over them see one type only, which is several times as quick. */
export function doublesOf(tensor: Tensor): Float64Array {
  const { name, datatype, data } = tensor;
  if (!(data instanceof Uint8Array) || !isFloat(datatype)) {
    throw new TypeError(`tensor "${name}" of ${datatype} holds no floats`);
  }
  return WIDEN[datatype](new Uint8Array(data).buffer);
}
