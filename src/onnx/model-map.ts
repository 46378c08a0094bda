/** A model file as a map: where its graph is, which weights could lie elsewhere, and which files it needs. */
import { CallBook } from './calls.ts';
import type { Calls } from './calls.ts';
import { ExternalFiles } from './external-files.ts';
import type { ExternalFile } from './external-files.ts';
import { checkIrVersion, checkOperatorSet, checkShape, checkSparseShape } from './declarations.ts';
import { MAX_COUNTS, MAX_OPERATOR_BYTES, knownFields, ruleOf } from './schema.ts';
import type { Counted, Kind } from './schema.ts';
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
/** Graphs within graphs, the main one included; more would be beyond protobuf's own limit of 100 messages. */
const MAX_GRAPH_DEPTH = 32;
/** Sequences of sequences of maps, and so on. */
const MAX_TYPE_DEPTH = 16;
/** Fields of ModelProto. */
const IR_VERSION = 1;
const GRAPH = 7;

/**
 * Throws with a sentence where the file is no model, or holds what no runtime should be given: this is all that is read
 * of it beforehand.
 */
export function mapModel(reader: WireReader): ModelMap {
  return new Mapping(reader).map();
}

/** What is around a message. */
interface Place {
  readonly calls: Calls;
  readonly graphs: number;
  readonly types: number;
}

class Mapping {
  readonly #reader: WireReader;
  readonly #files = new ExternalFiles();
  readonly #book = new CallBook();
  readonly #counts = new Map<Counted, number>();
  readonly #weights: Weights[] = [];
  #graph: Field | undefined;

  constructor(reader: WireReader) {
    this.#reader = reader;
  }

  map(): ModelMap {
    const { size } = this.#reader;
    const place = { calls: this.#book.graph, graphs: 0, types: 0 };
    this.#read('model', { start: 0, end: size }, place);
    if (this.#graph === undefined) throw malformed(size, 'no graph');
    this.#book.check();
    return { size, graph: this.#graph, weights: largest(this.#weights), externalFiles: this.#files.list() };
  }

  #read(kind: Kind, message: Range, outer: Place): void {
    const place = placeIn(kind, message, outer);
    const operator = { domain: '', name: '', overload: '' };
    if (kind === 'sparse') checkSparseShape(this.#reader, message);
    for (const field of knownFields(this.#reader, kind, message)) {
      const rule = ruleOf(kind, field);
      if (rule?.count !== undefined) this.#count(rule.count, field);
      if (rule?.part !== undefined) operator[rule.part] = this.#operatorText(field);
      if (kind === 'model') this.#note(field);
      if (rule?.kind !== undefined) this.#inside(rule.kind, { field, kind, place });
    }
    if (kind === 'node') this.#book.call(place.calls, operator);
    if (kind === 'function') this.#book.define(operator, place.calls);
  }

  #inside(kind: Kind, outer: { readonly field: Field; readonly kind: Kind; readonly place: Place }): void {
    const { field, place } = outer;
    if (kind === 'opset') checkOperatorSet(this.#reader, field.content);
    else if (kind === 'shape') checkShape(this.#reader, field.content);
    else if (kind === 'tensor') this.#tensor(field, { isInitializer: outer.kind === 'graph' && place.graphs === 1 });
    else this.#read(kind, field.content, place);
  }

  #note(field: Field): void {
    if (field.number === IR_VERSION) checkIrVersion(field.value);
    if (field.number === GRAPH) this.#graph = field;
  }

  #tensor(field: Field, { isInitializer }: { readonly isInitializer: boolean }): void {
    const tensor = readTensor(this.#reader, field);
    this.#files.add(tensor);
    const { values } = tensor;
    const isLarge = values !== undefined && values.end - values.start >= MIN_SHARED_BYTES;
    // In graphs within the main one the values stay where they are.
    if (isLarge && isInitializer) this.#weights.push({ ...tensor, values });
  }

  #count(counted: Counted, { at }: Field): void {
    const count = (this.#counts.get(counted) ?? 0) + 1;
    if (count > MAX_COUNTS[counted]) throw malformed(at, `more than ${MAX_COUNTS[counted]} ${counted}`);
    this.#counts.set(counted, count);
  }

  #operatorText({ content }: Field): string {
    const text = this.#reader.text(content, MAX_OPERATOR_BYTES);
    if (text.includes('\0')) throw malformed(content.start, 'an operator with a NUL in its name');
    return text;
  }
}

function placeIn(kind: Kind, { start }: Range, outer: Place): Place {
  switch (kind) {
    case 'function':
      return { ...outer, calls: new Map(), graphs: 1 };
    case 'training':
      // Graphs beside the main one.
      return { ...outer, graphs: 1 };
    case 'graph':
      if (outer.graphs < MAX_GRAPH_DEPTH) return { ...outer, graphs: outer.graphs + 1, types: 0 };
      throw malformed(start, `graphs within more than ${MAX_GRAPH_DEPTH - 1} graphs`);
    case 'type':
      if (outer.types < MAX_TYPE_DEPTH) return { ...outer, types: outer.types + 1 };
      throw malformed(start, `types within more than ${MAX_TYPE_DEPTH - 1} types`);
    default:
      return outer;
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
