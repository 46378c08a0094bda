/** Holding a request against the signature: the inputs in the model's order, or a sentence about what is wrong. */
import { ServerError } from '../domain/errors.ts';
import type { Signature, TensorSpec } from '../domain/signature.ts';
import { wireShape } from '../domain/signature.ts';
import type { Tensor } from '../domain/tensor.ts';

export interface Arranged {
  readonly inputs: readonly Tensor[];
  /** Rows of the request; 1 where the version is not batched. */
  readonly rows: number;
  /** Equal for requests that may share a run: the sizes of all free dimensions but the first. */
  readonly group: string;
}

export interface Accepting {
  readonly model: string;
  readonly signature: Signature;
  readonly batchable: boolean;
  readonly maxBatchRows: number;
}

/** Throws INVALID_ARGUMENT naming the tensor, what came and what was expected; texts as clients of Triton know them. */
export function arrangeInputs(accepting: Accepting, given: readonly Tensor[]): Arranged {
  const { signature, model } = accepting;
  const inputs = inOrder(signature, given, model);
  const isShared = sharesDimensions(signature);
  const sizes: NamedSize[] = [];
  let group = '';
  for (let index = 0; index < inputs.length; index += 1) {
    const spec = signature.inputs[index];
    const tensor = inputs[index];
    if (spec === undefined || tensor === undefined) continue;
    checkTensor(spec, tensor, model);
    if (isShared) checkFreeDimensions(spec, tensor, sizes, model);
    for (let axis = 1; axis < spec.shape.length; axis += 1) {
      if (typeof spec.shape[axis] === 'string') group += `${String(tensor.shape[axis])},`;
    }
  }
  if (!accepting.batchable) return { inputs, rows: 1, group };
  return { inputs, rows: countRows(accepting, inputs), group };
}

/** Throws INVALID_ARGUMENT when an output is asked for that the model does not have. */
export function checkOutputs(signature: Signature, wanted: readonly string[], model: string): void {
  for (const name of wanted) {
    if (signature.outputs.some((output) => output.name === name)) continue;
    const known = signature.outputs.map((output) => `'${output.name}'`).join(', ');
    throw invalid(`unexpected inference output '${name}' for model '${model}'; it has ${known}`);
  }
}

function inOrder(signature: Signature, given: readonly Tensor[], model: string): readonly Tensor[] {
  if (isOrdered(signature, given)) return given;
  const ordered: Tensor[] = [];
  for (const spec of signature.inputs) {
    const tensor = given.find((candidate) => candidate.name === spec.name);
    if (tensor !== undefined) ordered.push(tensor);
  }
  if (ordered.length === signature.inputs.length && given.length === ordered.length) return ordered;
  throw wrongInputs(signature, given, model);
}

/** As most callers send them. */
function isOrdered({ inputs }: Signature, given: readonly Tensor[]): boolean {
  if (given.length !== inputs.length) return false;
  for (let index = 0; index < given.length; index += 1) if (given[index]?.name !== inputs[index]?.name) return false;
  return true;
}

function wrongInputs(signature: Signature, given: readonly Tensor[], model: string): ServerError {
  const names = given.map((tensor) => tensor.name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    return invalid(`input '${repeated}' already exists in request for model '${model}'; give it once`);
  }
  const expected = signature.inputs.map((spec) => spec.name);
  const unknown = names.find((name) => !expected.includes(name));
  if (unknown !== undefined) {
    return invalid(`unexpected inference input '${unknown}' for model '${model}'; it expects ${quoted(expected)}`);
  }
  const missing = expected.filter((name) => !names.includes(name));
  return invalid(
    `expected ${String(expected.length)} inputs but got ${String(names.length)} inputs for model '${model}'. ` +
      `Got input(s) [${quoted(names)}], but missing required input(s) [${quoted(missing)}]. Please provide all required input(s).`,
  );
}

function checkTensor(spec: TensorSpec, tensor: Tensor, model: string): void {
  if (tensor.datatype !== spec.datatype) {
    throw invalid(
      `inference input '${spec.name}' data-type is '${tensor.datatype}', but model '${model}' expects '${spec.datatype}'`,
    );
  }
  if (!fits(spec, tensor)) {
    throw invalid(
      `unexpected shape for input '${spec.name}' for model '${model}'. ` +
        `Expected [${wireShape(spec.shape).join()}], got [${tensor.shape.join()}]`,
    );
  }
  if (tensor.data instanceof Uint8Array) return;
  const cut = tensor.data.findIndex((text) => text.includes('\0'));
  if (cut === -1) return;
  // onnxruntime-node 1.30 ends strings at the first NUL without a word.
  throw invalid(
    `element ${String(cut)} of input '${spec.name}' holds a NUL character, which ONNX Runtime would cut off; remove it`,
  );
}

function fits(spec: TensorSpec, tensor: Tensor): boolean {
  if (tensor.shape.length !== spec.shape.length) return false;
  for (let axis = 0; axis < spec.shape.length; axis += 1) {
    const dim = spec.shape[axis];
    if (typeof dim !== 'string' && dim !== tensor.shape[axis]) return false;
  }
  return true;
}

/** Found out once: most models have no name of a dimension twice, and their calls need not be looked through. */
const SHARING = new WeakMap<Signature, boolean>();

function sharesDimensions(signature: Signature): boolean {
  const known = SHARING.get(signature);
  if (known !== undefined) return known;
  const named = signature.inputs.flatMap(({ shape }) => shape.filter((dim) => typeof dim === 'string' && dim !== ''));
  const shares = new Set(named).size < named.length;
  SHARING.set(signature, shares);
  return shares;
}

/** The size that a named free dimension was given first, and where. */
interface NamedSize {
  readonly dim: string;
  readonly size: number;
  readonly input: string;
}

/** A named free dimension has one size in all inputs; ONNX Runtime would broadcast or misread otherwise. */
function checkFreeDimensions(spec: TensorSpec, tensor: Tensor, sizes: NamedSize[], model: string): void {
  for (let axis = 0; axis < spec.shape.length; axis += 1) {
    const dim = spec.shape[axis];
    const size = tensor.shape[axis];
    if (typeof dim !== 'string' || dim === '' || size === undefined) continue;
    const known = sizes.find((other) => other.dim === dim);
    if (known === undefined) {
      sizes.push({ dim, size, input: spec.name });
    } else if (known.size !== size) {
      throw invalid(
        `dimension ${String(axis)} ("${dim}") of input '${spec.name}' for model '${model}' is ${String(size)}, ` +
          `but ${String(known.size)} in input '${known.input}'; they must be equal`,
      );
    }
  }
}

function countRows(accepting: Accepting, inputs: readonly Tensor[]): number {
  const { model, maxBatchRows } = accepting;
  const rows = inputs[0]?.shape[0] ?? 0;
  for (const tensor of inputs) {
    if (tensor.shape[0] === rows) continue;
    throw invalid(`input '${tensor.name}' batch size does not match other inputs for '${model}'`);
  }
  if (rows === 0) throw invalid(`input '${inputs[0]?.name ?? ''}' for model '${model}' has no rows; send at least one`);
  if (rows > maxBatchRows) {
    throw invalid(
      `inference request batch-size must be <= ${String(maxBatchRows)} for '${model}', got ${String(rows)}; ` +
        'send fewer rows or raise maxBatchRows in its config.json',
    );
  }
  return rows;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(',');
}

function invalid(message: string): ServerError {
  return new ServerError('invalid_argument', message);
}
