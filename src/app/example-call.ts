/** The copy-paste example with which a start-up ends: a call that the server answers. */
import type { Signature, TensorSpec } from '../domain/signature.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { CallHints } from './call-hints.ts';

/** The field of sluice.v1.Tensor that a person types values of this datatype into. */
const FIELDS = {
  FP32: 'floats',
  FP64: 'doubles',
  INT32: 'ints',
  INT64: 'int64s',
  BYTES: 'strings',
  BOOL: 'bools',
} as const;

/** Longer inputs make no example that anybody would read. */
const MAX_ELEMENTS = 16;

/** A grpcurl command line for the model, or undefined where its inputs are too large or of rare types to be typed. */
export function exampleCall(
  model: string,
  signature: Signature,
  sample: readonly Tensor[],
  { address, grpcurl }: Pick<CallHints, 'address' | 'grpcurl'>,
): string | undefined {
  const inputs: unknown[] = [];
  for (const spec of signature.inputs) {
    const tensor = sample.find((candidate) => candidate.name === spec.name);
    const typed = tensor === undefined ? undefined : typedInput(spec, tensor);
    if (typed === undefined) return undefined;
    inputs.push(typed);
  }
  return `grpcurl ${grpcurl}-d '${JSON.stringify({ model, inputs })}' ${address} sluice.v1.PredictService/Predict`;
}

function typedInput(spec: TensorSpec, tensor: Tensor): object | undefined {
  const values = readValues(tensor);
  if (values === undefined || values.length > MAX_ELEMENTS) return undefined;
  const field = Object.entries(FIELDS).find(([datatype]) => datatype === spec.datatype)?.[1];
  return field === undefined ? undefined : { name: spec.name, shape: tensor.shape, [field]: values };
}

function readValues(tensor: Tensor): readonly (number | string | boolean)[] | undefined {
  if (!(tensor.data instanceof Uint8Array)) {
    return tensor.data.some((text) => text.includes("'")) ? undefined : tensor.data;
  }
  const memory = new Uint8Array(tensor.data).buffer;
  switch (tensor.datatype) {
    case 'FP32':
      return Array.from(new Float32Array(memory), (value) => Number(value.toPrecision(6)));
    case 'FP64':
      return [...new Float64Array(memory)];
    case 'INT32':
      return [...new Int32Array(memory)];
    case 'INT64':
      return Array.from(new BigInt64Array(memory), Number);
    case 'BOOL':
      return Array.from(new Uint8Array(memory), (value) => value !== 0);
    default:
      return undefined;
  }
}
