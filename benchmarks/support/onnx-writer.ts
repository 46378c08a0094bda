/** Writes small-vocabulary ONNX models, so that the benchmarks need neither Python nor large files in the repository. */
import { integer, integers, nested, text } from './protobuf-writer.ts';
import type { Pieces } from './protobuf-writer.ts';

/** Opset 17 and IR 8 are read by every ONNX Runtime since 1.12. */
const OPSET = 17;
const IR_VERSION = 8;
const FLOAT = 1;
const ATTRIBUTE_IS_INTEGER = 2;

export interface Weights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Node {
  readonly op: 'Gemm' | 'Relu' | 'GlobalAveragePool' | 'Flatten' | 'Identity';
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number>>;
}

/** One FP32 input X and one FP32 output Y; both start with the open batch dimension N, which `shape` leaves out. */
export interface Graph {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly nodes: readonly Node[];
  readonly weights: readonly Weights[];
}

export const INPUT = 'X';
export const OUTPUT = 'Y';

/** The file's bytes, in order. */
export function writeModel(graph: Graph): Pieces {
  const nodes = graph.nodes.map((node, at) => nested(1, writeNode(node, `${node.op}_${at}`)));
  return [
    integer(1, IR_VERSION),
    text(2, 'benchmarks'),
    nested(
      7,
      nodes.flat(),
      text(2, 'benchmark'),
      graph.weights.flatMap((weights) => nested(5, writeWeights(weights))),
      nested(11, writeValue(INPUT, graph.inputShape)),
      nested(12, writeValue(OUTPUT, graph.outputShape)),
    ),
    nested(8, text(1, ''), integer(2, OPSET)),
  ].flat();
}

function writeNode({ op, inputs, output, attributes = {} }: Node, name: string): Pieces {
  return [
    inputs.flatMap((input) => text(1, input)),
    text(2, output),
    text(3, name),
    text(4, op),
    Object.entries(attributes).flatMap(([key, value]) =>
      nested(5, text(1, key), integer(3, value), integer(20, ATTRIBUTE_IS_INTEGER)),
    ),
  ].flat();
}

function writeWeights({ name, shape, data }: Weights): Pieces {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [integers(1, shape), integer(2, FLOAT), text(8, name), nested(9, [bytes])].flat();
}

function writeValue(name: string, shape: readonly number[]): Pieces {
  const dimensions = [nested(1, text(2, 'N')), ...shape.map((size) => nested(1, integer(1, size)))];
  const tensor = nested(1, integer(1, FLOAT), nested(2, dimensions.flat()));
  return [...text(1, name), ...nested(2, tensor)];
}
