/** Joining the rows of several requests into one run, and giving each request its rows of the outputs back. */
import assert from 'node:assert/strict';
import { ELEMENT_BYTES } from '../domain/datatype.ts';
import type { Datatype } from '../domain/datatype.ts';
import { elementCount } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';

/** A tensor that owns its memory, so that it can be transferred to another thread. */
export interface Block {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: ArrayBuffer | readonly string[];
}

/**
 * Concatenates along the first dimension. All members have the same tensors in the same order, equal but for their
 * first dimension; this copy is the only one that the request's bytes make, and it aligns them.
 */
export function joinRows(members: readonly (readonly Tensor[])[]): Block[] {
  const first = members[0];
  assert(first, 'a batch has at least one member');
  return first.map((spec, index) => {
    const parts = members.map((tensors) => {
      const part = tensors[index];
      assert(part?.name === spec.name && part.datatype === spec.datatype, 'members of a batch agree in tensors');
      return part;
    });
    if (parts.length === 1) return toBlock(spec);
    const rows = parts.reduce((sum, part) => sum + rowsOf(part), 0);
    return { name: spec.name, datatype: spec.datatype, shape: [rows, ...spec.shape.slice(1)], data: concat(parts) };
  });
}

/** One member's tensors, copied into memory of their own. */
export function toBlock(tensor: Tensor): Block {
  return { name: tensor.name, datatype: tensor.datatype, shape: tensor.shape, data: concat([tensor]) };
}

/** A block as a tensor: a view, no copy. */
export function toTensor(block: Block): Tensor {
  const data = block.data instanceof ArrayBuffer ? new Uint8Array(block.data) : block.data;
  return { name: block.name, datatype: block.datatype, shape: block.shape, data };
}

export type Split =
  | { readonly kind: 'split'; readonly parts: readonly (readonly Tensor[])[] }
  | { readonly kind: 'mixed'; readonly output: string };

/**
 * Gives each member its rows of every output, as views. An output whose first dimension is not the sum of the rows
 * cannot be divided: the model mixes rows.
 */
export function splitRows(outputs: readonly Block[], rowsPerMember: readonly number[]): Split {
  const total = rowsPerMember.reduce((sum, rows) => sum + rows, 0);
  for (const output of outputs) if (output.shape[0] !== total) return { kind: 'mixed', output: output.name };
  let from = 0;
  const parts = rowsPerMember.map((rows) => {
    const part = outputs.map((output) => sliceRows(output, from, rows));
    from += rows;
    return part;
  });
  assert(from === total, 'the parts of a split are the whole');
  return { kind: 'split', parts };
}

function sliceRows(output: Block, from: number, rows: number): Tensor {
  const rowShape = output.shape.slice(1);
  const perRow = elementCount(rowShape);
  const shape = [rows, ...rowShape];
  if (!(output.data instanceof ArrayBuffer)) {
    const data = output.data.slice(from * perRow, (from + rows) * perRow);
    return { name: output.name, datatype: output.datatype, shape, data };
  }
  const rowBytes = perRow * ELEMENT_BYTES[output.datatype];
  const data = new Uint8Array(output.data, from * rowBytes, rows * rowBytes);
  return { name: output.name, datatype: output.datatype, shape, data };
}

function rowsOf(tensor: Tensor): number {
  const rows = tensor.shape[0];
  assert(rows !== undefined, 'a scalar cannot be joined');
  return rows;
}

function concat(parts: readonly Tensor[]): ArrayBuffer | readonly string[] {
  const first = parts[0];
  assert(first, 'there is something to join');
  if (!(first.data instanceof Uint8Array)) {
    return parts.flatMap((part) => (part.data instanceof Uint8Array ? [] : part.data));
  }
  let bytes = 0;
  for (const part of parts) if (part.data instanceof Uint8Array) bytes += part.data.byteLength;
  const joined = new Uint8Array(new ArrayBuffer(bytes));
  let at = 0;
  for (const part of parts) {
    assert(part.data instanceof Uint8Array, 'members of a batch agree in datatype');
    joined.set(part.data, at);
    at += part.data.byteLength;
  }
  return joined.buffer;
}
