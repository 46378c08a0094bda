/** A model file as a map: where its graph is, which weights could lie elsewhere, and which files it needs. */
import { ExternalFiles } from './external-files.ts';
import type { ExternalFile } from './external-files.ts';
import { readTensor } from './tensor-reader.ts';
import type { TensorFacts } from './tensor-reader.ts';
import { malformed } from './wire-reader.ts';
import type { Field, Range, WireReader } from './wire-reader.ts';

/** An initializer of the main graph with its values in the model file. */
export interface Weights extends TensorFacts {
  readonly values: Range;
}

export interface ModelMap {
  readonly size: number;
  /** With where its tag begins. */
  readonly graph: Field;
  /** Those that are worth files of their own, in the file's order. */
  readonly weights: readonly Weights[];
  readonly externalFiles: readonly ExternalFile[];
}

/** A file takes whole pages: below this, more than a sixteenth would be wasted, and there would be many. */
export const MIN_SHARED_BYTES = 2 ** 16;
/** Each is a mapping of its own in every session, of which Linux allows a process 65,530. */
export const MAX_SHARED_TENSORS = 1024;
/** Graphs within graphs, the main one included. */
const MAX_DEPTH = 32;
const GRAPH = 7;
const INITIALIZER = 5;

type Kind = 'function' | 'graph' | 'node' | 'attribute' | 'sparse' | 'tensor' | 'model';

/** Which fields of a message hold messages with tensors in them, somewhere. */
const INSIDE: Readonly<Record<Kind, ReadonlyMap<number, Kind>>> = {
  model: new Map([
    [GRAPH, 'graph'],
    [25, 'function'],
  ]),
  function: new Map([
    [7, 'node'],
    [11, 'attribute'],
  ]),
  graph: new Map([
    [1, 'node'],
    [INITIALIZER, 'tensor'],
    [15, 'sparse'],
  ]),
  node: new Map([[5, 'attribute']]),
  attribute: new Map([
    [5, 'tensor'],
    [6, 'graph'],
    [10, 'tensor'],
    [11, 'graph'],
    [22, 'sparse'],
    [23, 'sparse'],
  ]),
  sparse: new Map([
    [1, 'tensor'],
    [2, 'tensor'],
  ]),
  tensor: new Map(),
};

/** Throws with a sentence where the file is no model, or is beyond what is read of one. */
export function mapModel(reader: WireReader): ModelMap {
  const externalFiles = new ExternalFiles();
  const weights: Weights[] = [];
  let graph: Field | undefined;
  for (const { field, parent, kind, depth } of messagesIn(reader, { start: 0, end: reader.size }, 'model', 0)) {
    if (parent === 'model' && kind === 'graph') {
      // Protobuf would make one of them.
      if (graph !== undefined) throw malformed(field.at, 'a second graph');
      graph = field;
    }
    if (kind !== 'tensor') continue;
    const tensor = readTensor(reader, field);
    externalFiles.add(tensor);
    const { values } = tensor;
    const isLarge = values !== undefined && values.end - values.start >= MIN_SHARED_BYTES;
    // In graphs within the main one the values stay where they are.
    if (isLarge && parent === 'graph' && depth === 1) weights.push({ ...tensor, values });
  }
  if (graph === undefined) throw malformed(reader.size, 'no graph');
  return { size: reader.size, graph, weights: largest(weights), externalFiles: externalFiles.list() };
}

interface Found {
  readonly field: Field;
  readonly parent: Kind;
  readonly kind: Kind;
  /** Graphs and functions around it. */
  readonly depth: number;
}

/** What is inside comes after what it is in. */
function* messagesIn(reader: WireReader, message: Range, parent: Kind, outer: number): Generator<Found, void, void> {
  const depth = outer + (parent === 'graph' || parent === 'function' ? 1 : 0);
  if (depth > MAX_DEPTH) throw malformed(message.start, `graphs within more than ${MAX_DEPTH - 1} graphs`);
  for (const field of reader.fields(message)) {
    const kind = field.wire === 'bytes' ? INSIDE[parent].get(field.number) : undefined;
    if (kind === undefined) continue;
    yield { field, parent, kind, depth };
    if (kind !== 'tensor') yield* messagesIn(reader, field.content, kind, depth);
  }
}

function largest(weights: readonly Weights[]): readonly Weights[] {
  if (weights.length <= MAX_SHARED_TENSORS) return weights;
  const bySize = weights.toSorted((a, b) => bytesOf(b) - bytesOf(a)).slice(0, MAX_SHARED_TENSORS);
  return bySize.sort((a, b) => a.field.start - b.field.start);
}

export function bytesOf({ values }: Weights): number {
  return values.end - values.start;
}
