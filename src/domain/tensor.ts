/** A tensor as it travels between rooms: little-endian row-major bytes, or strings. */
import type { Datatype } from './datatype.ts';

/** Row-major little-endian bytes at any alignment, or one string per element for BYTES. */
export type TensorData = Uint8Array | readonly string[];

/**
 * A named block of values. Invariant, checked at the door: data holds exactly elementCount(shape) elements.
 * `data` may be a view of a larger buffer and must not be written to.
 */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Product of the dimensions; 1 for a scalar. The caller has checked that it is a safe integer. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const dim of shape) count *= dim;
  return count;
}

/** Bytes that the tensor's data occupies in memory; strings count two bytes a character and 16 for each. */
export function tensorBytes(tensor: Tensor): number {
  if (tensor.data instanceof Uint8Array) return tensor.data.byteLength;
  let bytes = 0;
  for (const text of tensor.data) bytes += 16 + 2 * text.length;
  return bytes;
}

export function totalBytes(tensors: readonly Tensor[]): number {
  let bytes = 0;
  for (const tensor of tensors) bytes += tensorBytes(tensor);
  return bytes;
}
