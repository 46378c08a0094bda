/** Shapes as they arrive, checked so that the rest of the server may multiply their dimensions. */
import { ServerError } from '../../domain/errors.ts';
import { formatShape, quote } from './quote.ts';

/** ONNX Runtime's own tensors stay far below; a longer list is an attack or a mistake. */
export const MAX_RANK = 64;

export interface ArrivedShape {
  /** Of the tensor. */
  readonly name: string;
  /** The first MAX_RANK dimensions of `rank`. */
  readonly shape: readonly number[];
  readonly rank: number;
}

/** Throws unless every dimension is 0 or more and their product, zeros aside, is exact. */
export function checkShape({ name, shape, rank }: ArrivedShape): readonly number[] {
  if (rank > MAX_RANK) throw bad(name, `has ${rank} dimensions; at most ${MAX_RANK} are taken`);
  let product = 1;
  for (const dim of shape) {
    if (dim < 0) {
      throw bad(name, `has dimension ${dim} in shape ${formatShape(shape)}; send the actual size, 0 or more`);
    }
    if (dim > 0) product *= dim;
  }
  if (!Number.isSafeInteger(product)) {
    throw bad(name, `has shape ${formatShape(shape)}, whose product is beyond 2^53; send the actual sizes`);
  }
  return shape;
}

function bad(name: string, what: string): ServerError {
  return new ServerError('invalid_argument', `input ${quote(name)} ${what}`);
}
