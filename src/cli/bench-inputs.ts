/** Inputs that a model accepts: rows of its golden examples where it has some, else values made from its signature. */
import { isDatatype } from '../domain/datatype.ts';
import type { Dimension, Signature, TensorSpec } from '../domain/signature.ts';
import { tensorBytes } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { GoldenExample } from '../domain/version.ts';
import { sampleInputs } from '../runtime/sample-inputs.ts';
import type { GetModelReply__Output } from '../transport/gen/sluice/v1/GetModelReply.ts';
import type { TensorSpec__Output } from '../transport/gen/sluice/v1/TensorSpec.ts';
import { usageError } from './exit.ts';

/** Different inputs of one load; fewer where they are large. */
const MAX_INPUTS = 64;
const MAX_BYTES = 64 * 2 ** 20;
/** Of values that are made: the same in each run. */
const SEED = 1;

/** The signature as GetModel tells it. */
export function signatureOf({ model, inputs, outputs, skippedOutputs }: GetModelReply__Output): Signature {
  if (inputs.length === 0) throw usageError(`the signature of "${model}" is not known yet; wait until it is READY`);
  return { inputs: inputs.map(specOf), outputs: outputs.map(specOf), skippedOutputs };
}

function specOf({ name, datatype, shape, dimensionNames }: TensorSpec__Output): TensorSpec {
  if (!isDatatype(datatype)) throw usageError(`input "${name}" has the datatype ${datatype}, which this build has not`);
  const dims = shape.map((dim, at): Dimension => (dim.isNegative() ? (dimensionNames[at] ?? '') : dim.toNumber()));
  return { name, datatype, shape: dims };
}

/** Whether rows of calls can be joined: the first dimension of each input is open. */
export function takesRows({ inputs }: Signature): boolean {
  return inputs.every(({ shape }) => typeof shape[0] === 'string');
}

/** Whether a size has to be guessed: a dimension that is neither fixed nor the number of rows. */
export function hasFreeDimensions({ inputs }: Signature): boolean {
  const rows = new Set(inputs.map(({ shape }) => shape[0]));
  return inputs.some(({ shape }) =>
    shape.slice(1).some((dim) => typeof dim === 'string' && (dim === '' || !rows.has(dim))),
  );
}

/** @param free the size of dimensions that are neither fixed nor the rows. */
export function madeInputs(
  signature: Signature,
  { rows, free }: { readonly rows: number; readonly free: number },
): Tensor[][] {
  const first = sampleInputs(signature, { rows, free }, SEED);
  const count = fitting(first);
  return [
    first,
    ...Array.from({ length: count - 1 }, (_, at) => sampleInputs(signature, { rows, free }, SEED + at + 1)),
  ];
}

/** Rows of the examples in turn; undefined where no example is a row. */
export function goldenInputs(
  examples: readonly GoldenExample[],
  signature: Signature,
  rows: number,
): Tensor[][] | undefined {
  const all = examples.map(({ inputs }) => ({ inputs, shape: rowShape(inputs, signature) }));
  const shape = all.find((each) => each.shape !== undefined)?.shape;
  const fit = all.filter((each) => shape !== undefined && each.shape === shape).map(({ inputs }) => inputs);
  const [first] = fit;
  if (first === undefined) return undefined;
  const count = Math.min(fitting(first, rows), fit.length);
  return Array.from({ length: count }, (_, at) => {
    const taken = Array.from({ length: rows }, (_row, row) => fit[(at + row) % fit.length] ?? first);
    return first.map(({ name }) => joinRows(taken.map((inputs) => tensorNamed(inputs, name))));
  });
}

/** The sizes of a row of each input; undefined where the inputs are no single row, or not the model's. */
function rowShape(inputs: readonly Tensor[], signature: Signature): string | undefined {
  const shapes = signature.inputs.map(({ name, datatype, shape }) => {
    const tensor = inputs.find((each) => each.name === name);
    return tensor?.datatype === datatype && tensor.shape[0] === 1 && fits(tensor.shape, shape)
      ? tensor.shape.join()
      : '';
  });
  return shapes.includes('') ? undefined : shapes.join(' ');
}

function fits(sizes: readonly number[], shape: readonly Dimension[]): boolean {
  return sizes.length === shape.length && shape.every((dim, at) => typeof dim === 'string' || dim === sizes[at]);
}

function tensorNamed(inputs: readonly Tensor[], wanted: string): Tensor {
  const found = inputs.find(({ name }) => name === wanted);
  if (found === undefined) throw usageError(`a golden example has no input "${wanted}"`);
  return found;
}

function joinRows(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (first === undefined) throw usageError('a call needs a row');
  const { name, datatype, shape } = first;
  const joined = [tensors.length, ...shape.slice(1)];
  const strings = tensors.flatMap(({ data }) => (data instanceof Uint8Array ? [] : data));
  if (strings.length > 0) return { name, datatype, shape: joined, data: strings };
  const data = Buffer.concat(
    tensors.map((tensor) => (tensor.data instanceof Uint8Array ? tensor.data : new Uint8Array())),
  );
  return { name, datatype, shape: joined, data };
}

/** How many inputs of this size are kept. */
function fitting(inputs: readonly Tensor[], times = 1): number {
  const bytes = inputs.reduce((sum, tensor) => sum + tensorBytes(tensor), 0) * times;
  return Math.min(Math.max(Math.floor(MAX_BYTES / Math.max(bytes, 1)), 1), MAX_INPUTS);
}
