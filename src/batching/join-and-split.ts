/** Joining the rows of several requests into one run, and giving each request its rows of the outputs back. */
import assert from 'node:assert/strict';
import { ELEMENT_BYTES } from '../domain/datatype.ts';
import type { Datatype } from '../domain/datatype.ts';
import { elementCount } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';

/** A tensor that owns its memory, so that it can be transferred to another thread; a pooled buffer may be too long. */
export interface Block {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: ArrayBuffer | readonly string[];
}

/** Gives memory of at least so many bytes, with anything in it. */
export type Allocate = (bytes: number) => ArrayBuffer;

const fresh: Allocate = (bytes) => new ArrayBuffer(bytes);

/**
 * Concatenates along the first dimension. All members have the same tensors in the same order, equal but for their
 * first dimension; this copy is the only one that the request's bytes make, and it aligns them.
 */
export function joinRows(members: readonly (readonly Tensor[])[], allocate = fresh): Block[] {
  const first = members[0];
  assert(first, 'a batch has at least one member');
  return first.map((spec, at) => {
    const parts: Tensor[] = [];
    for (const tensors of members) {
      const part = tensors[at];
      assert(part?.name === spec.name && part.datatype === spec.datatype, 'members of a batch agree in tensors');
      parts.push(part);
    }
    return joinParts(spec, parts, allocate);
  });
}

/** One member's tensor, copied into memory of its own. */
export function toBlock(tensor: Tensor): Block {
  return joinParts(tensor, [tensor], fresh);
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
  let total = 0;
  for (const rows of rowsPerMember) total += rows;
  for (const output of outputs) if (output.shape[0] !== total) return { kind: 'mixed', output: output.name };
  const columns = outputs.map((output) => new Column(output));
  let from = 0;
  const parts = rowsPerMember.map((rows) => {
    const part: Tensor[] = [];
    for (const column of columns) part.push(column.slice(from, rows));
    from += rows;
    return part;
  });
  assert(from === total, 'the parts of a split are the whole');
  return { kind: 'split', parts };
}

/** An output that is being divided. */
class Column {
  readonly #output: Block;
  readonly #perRow: number;
  readonly #rowBytes: number;
  /** Members mostly have equally many rows, and then share their shape. */
  #shape: readonly number[];

  constructor(output: Block) {
    this.#output = output;
    this.#shape = output.shape;
    this.#perRow = elementCount(output.shape.slice(1));
    this.#rowBytes = output.datatype === 'BYTES' ? 0 : this.#perRow * ELEMENT_BYTES[output.datatype];
  }

  slice(from: number, rows: number): Tensor {
    const { name, datatype, data } = this.#output;
    if (this.#shape[0] !== rows) this.#shape = [rows, ...this.#shape.slice(1)];
    const part =
      data instanceof ArrayBuffer
        ? new Uint8Array(data, from * this.#rowBytes, rows * this.#rowBytes)
        : data.slice(from * this.#perRow, (from + rows) * this.#perRow);
    return { name, datatype, shape: this.#shape, data: part };
  }
}

function joinParts({ name, datatype, shape }: Tensor, parts: readonly Tensor[], allocate: Allocate): Block {
  const joined = parts.length === 1 ? shape : [sumOfRows(parts), ...shape.slice(1)];
  const data =
    datatype === 'BYTES'
      ? joinStrings(parts)
      : joinBytes(parts, elementCount(joined) * ELEMENT_BYTES[datatype], allocate);
  return { name, datatype, shape: joined, data };
}

function joinStrings(parts: readonly Tensor[]): readonly string[] {
  return parts.flatMap(({ data }) => (data instanceof Uint8Array ? [] : data));
}

function joinBytes(parts: readonly Tensor[], bytes: number, allocate: Allocate): ArrayBuffer {
  const memory = allocate(bytes);
  const joined = new Uint8Array(memory, 0, bytes);
  let end = 0;
  for (const { data } of parts) {
    assert(data instanceof Uint8Array, 'a tensor of numbers has bytes');
    joined.set(data, end);
    end += data.byteLength;
  }
  // What is left of a batch before it must not get into this one.
  assert(end === bytes, 'a tensor has as many bytes as its shape says');
  return memory;
}

function sumOfRows(parts: readonly Tensor[]): number {
  let rows = 0;
  for (const part of parts) rows += rowsOf(part);
  return rows;
}

function rowsOf(tensor: Tensor): number {
  const rows = tensor.shape[0];
  assert(rows !== undefined, 'a scalar cannot be joined');
  return rows;
}
