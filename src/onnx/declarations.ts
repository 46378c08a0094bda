/** What a model declares: the versions that it is written in, and the shapes of its values. */
import { ServerError } from '../domain/errors.ts';
import { MAX_IR_VERSION, MAX_OPSETS, RUNTIME_VERSION, plainDomain } from './known-operators.ts';
import { MAX_OPERATOR_BYTES, knownFields } from './schema.ts';
import { dimsOf } from './tensor-reader.ts';
import { elementsOf } from './tensor-size.ts';
import type { Range, WireReader } from './wire-reader.ts';

/** Fields of OperatorSetIdProto. */
const DOMAIN = 1;
const VERSION = 2;
/** Of TensorShapeProto, and of its Dimension. */
const DIM = 1;
const DIM_VALUE = 1;
/** Of SparseTensorProto. */
const SPARSE_DIMS = 3;

export function checkIrVersion(version: number): void {
  if (version > MAX_IR_VERSION) throw tooNew('the file format', version, MAX_IR_VERSION);
}

/** Whose operators are unknown altogether is seen where one of them is called. */
export function checkOperatorSet(reader: WireReader, message: Range): void {
  let [domain, version] = ['', 0];
  for (const field of knownFields(reader, 'opset', message)) {
    if (field.number === DOMAIN) domain = plainDomain(reader.text(field.content, MAX_OPERATOR_BYTES));
    if (field.number === VERSION) version = field.value;
  }
  const newest = MAX_OPSETS.get(domain) ?? Infinity;
  if (version > newest) {
    throw tooNew(domain === '' ? "ONNX's operators" : `the operators of ${domain}`, version, newest);
  }
}

export function checkShape(reader: WireReader, message: Range): void {
  const dims: number[] = [];
  for (const field of knownFields(reader, 'shape', message)) {
    if (field.number !== DIM) continue;
    for (const { number, value } of knownFields(reader, 'dimension', field.content)) {
      if (number === DIM_VALUE) dims.push(value);
    }
  }
  // One of none is common: it stands for an open dimension.
  elementsOf({ what: 'a value', dims: dims.filter((dim) => dim !== 0) });
}

export function checkSparseShape(reader: WireReader, message: Range): void {
  const dims: number[] = [];
  for (const field of knownFields(reader, 'sparse', message)) {
    if (field.number === SPARSE_DIMS) dims.push(...dimsOf(reader, field, dims.length));
  }
  elementsOf({ what: 'a sparse tensor', dims });
}

function tooNew(what: string, version: number, newest: number): ServerError {
  return new ServerError(
    'invalid_argument',
    `the model is written in version ${version} of ${what}, and ONNX Runtime ${RUNTIME_VERSION} knows ${newest} at most; export it for an older one`,
  );
}
