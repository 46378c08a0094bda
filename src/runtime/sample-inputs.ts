/** Inputs made from a signature, for warming and proving versions that bring no golden examples. */
import { ELEMENT_BYTES } from '../domain/datatype.ts';
import type { Datatype } from '../domain/datatype.ts';
import type { Signature, TensorSpec } from '../domain/signature.ts';
import { elementCount } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';

/** Sizes that symbolic dimensions other than the first are given, in the order in which they are tried. */
export const FREE_DIMENSION_SIZES = [4, 1, 16, 32, 128, 224] as const;

/** 256 MB of FP32: what is larger would be measured more than the model. */
const MAX_ELEMENTS = 2 ** 26;

export interface SampleShape {
  /** Size of a symbolic first dimension. */
  readonly rows: number;
  /** Size of every other symbolic dimension. */
  readonly free: number;
}

/** Reproducible random values: floats in [-1, 1), integers 0 to 3, booleans, words. Same seed, same values. */
export function sampleInputs(signature: Signature, shape: SampleShape, seed: number): Tensor[] {
  const random = mulberry32(seed);
  const sizes = new Map<string, number>();
  for (const input of signature.inputs) {
    const first = input.shape[0];
    if (typeof first === 'string' && first !== '') sizes.set(first, shape.rows);
  }
  return signature.inputs.map((input) => sampleTensor(input, shape, sizes, random));
}

function sampleTensor(
  spec: TensorSpec,
  shape: SampleShape,
  sizes: ReadonlyMap<string, number>,
  random: () => number,
): Tensor {
  const dims = spec.shape.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    return sizes.get(dim) ?? (axis === 0 ? shape.rows : shape.free);
  });
  const count = elementCount(dims);
  if (count > MAX_ELEMENTS) throw new RangeError(`a sample of shape [${dims.join()}] is too large to be made`);
  if (spec.datatype === 'BYTES') {
    const data = Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)] ?? '');
    return { name: spec.name, datatype: spec.datatype, shape: dims, data };
  }
  const bytes = new Uint8Array(count * ELEMENT_BYTES[spec.datatype]);
  const view = new DataView(bytes.buffer);
  const write = WRITE[spec.datatype];
  for (let at = 0; at < count; at += 1) write(view, at, random());
  return { name: spec.name, datatype: spec.datatype, shape: dims, data: bytes };
}

const WORDS = ['alpha', 'beta', 'gamma', 'delta', ''] as const;

const WRITE: Readonly<Record<Exclude<Datatype, 'BYTES'>, (view: DataView, at: number, r: number) => void>> = {
  BOOL: (view, at, r) => {
    view.setUint8(at, r < 0.5 ? 0 : 1);
  },
  UINT8: (view, at, r) => {
    view.setUint8(at, Math.floor(r * 4));
  },
  INT8: (view, at, r) => {
    view.setInt8(at, Math.floor(r * 4));
  },
  UINT16: (view, at, r) => {
    view.setUint16(at * 2, Math.floor(r * 4), true);
  },
  INT16: (view, at, r) => {
    view.setInt16(at * 2, Math.floor(r * 4), true);
  },
  UINT32: (view, at, r) => {
    view.setUint32(at * 4, Math.floor(r * 4), true);
  },
  INT32: (view, at, r) => {
    view.setInt32(at * 4, Math.floor(r * 4), true);
  },
  UINT64: (view, at, r) => {
    view.setBigUint64(at * 8, BigInt(Math.floor(r * 4)), true);
  },
  INT64: (view, at, r) => {
    view.setBigInt64(at * 8, BigInt(Math.floor(r * 4)), true);
  },
  FP16: (view, at, r) => {
    view.setFloat16(at * 2, r * 2 - 1, true);
  },
  FP32: (view, at, r) => {
    view.setFloat32(at * 4, r * 2 - 1, true);
  },
  FP64: (view, at, r) => {
    view.setFloat64(at * 8, r * 2 - 1, true);
  },
};

/** A small seeded generator, uniform in [0, 1). Source: Tommy Ettinger's mulberry32, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
