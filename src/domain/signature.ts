/** What a version takes and gives, as read from its ONNX file. */
import type { Datatype } from './datatype.ts';

/** A fixed size, or the name of a symbolic dimension ('' when the file gives it none). Same name, same size. */
export type Dimension = number | string;

export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly Dimension[];
}

export interface Signature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Outputs that are no tensors (maps, sequences) and are therefore not served. */
  readonly skippedOutputs: readonly string[];
}

/** The shape with -1 for every symbolic dimension, as the wire protocols show it. */
export function wireShape(shape: readonly Dimension[]): number[] {
  return shape.map((dim) => (typeof dim === 'number' ? dim : -1));
}

/**
 * Whether the signature allows rows of different requests to be joined: every input and output has a symbolic first
 * dimension. It is a necessary condition only; qualification proves by running that rows do not influence each other.
 */
export function allowsBatching(signature: Signature): boolean {
  const tensors = [...signature.inputs, ...signature.outputs];
  return signature.inputs.length > 0 && tensors.every((spec) => typeof spec.shape[0] === 'string');
}
