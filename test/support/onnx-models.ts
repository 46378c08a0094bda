/** Small ONNX models made by protobufjs, which shares no code with what reads and rewrites them. */
import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';
import type { ServiceDefinition } from '@grpc/proto-loader';

export interface OnnxEntry {
  readonly key: string;
  readonly value: string;
}

export interface OnnxTensor {
  readonly dims?: readonly number[];
  readonly data_type?: number;
  readonly float_data?: readonly number[];
  readonly int32_data?: readonly number[];
  readonly int64_data?: readonly number[];
  readonly double_data?: readonly number[];
  readonly uint64_data?: readonly number[];
  readonly string_data?: readonly Uint8Array[];
  readonly name?: string;
  readonly raw_data?: Uint8Array;
  readonly doc_string?: string;
  readonly external_data?: readonly OnnxEntry[];
  readonly data_location?: number;
}

export interface OnnxSparse {
  readonly values?: OnnxTensor;
  readonly indices?: OnnxTensor;
  readonly dims?: readonly number[];
}

interface OnnxAttribute {
  readonly name: string;
  readonly type: number;
  readonly t?: OnnxTensor;
  readonly g?: OnnxGraph;
  readonly tensors?: readonly OnnxTensor[];
  readonly graphs?: readonly OnnxGraph[];
  readonly sparse_tensor?: OnnxSparse;
  readonly sparse_tensors?: readonly OnnxSparse[];
  readonly tp?: OnnxType;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
}

export interface OnnxNode {
  readonly op_type: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute?: readonly OnnxAttribute[];
  readonly domain?: string;
  readonly overload?: string;
}

export interface OnnxFunction {
  readonly name: string;
  readonly domain?: string;
  readonly node?: readonly OnnxNode[];
}

export interface OnnxType {
  readonly tensor_type?: { readonly elem_type: number; readonly shape?: { readonly dim: readonly object[] } };
  readonly sequence_type?: { readonly elem_type: OnnxType };
}

interface OnnxValue {
  readonly name: string;
  readonly type?: OnnxType;
}

export interface OnnxGraph {
  readonly name?: string;
  readonly node?: readonly OnnxNode[];
  readonly initializer?: readonly OnnxTensor[];
  readonly input?: readonly OnnxValue[];
  readonly output?: readonly OnnxValue[];
  readonly doc_string?: string;
  readonly sparse_initializer?: readonly OnnxSparse[];
}

export interface OnnxModel {
  readonly ir_version?: number;
  readonly producer_name?: string;
  readonly opset_import?: readonly { readonly domain?: string; readonly version: number }[];
  readonly graph?: OnnxGraph;
  readonly functions?: readonly OnnxFunction[];
  readonly metadata_props?: readonly OnnxEntry[];
}

const PROTO = fileURLToPath(new URL('./onnx.proto', import.meta.url));
const { Pass } = loadSync(PROTO, { keepCase: true, longs: Number })['onnx.Codec'] as ServiceDefinition;

export function encodeModel(model: OnnxModel): Buffer {
  return Pass?.requestSerialize(model) ?? Buffer.alloc(0);
}

export function decodeModel(bytes: Uint8Array): OnnxModel {
  return Pass?.requestDeserialize(Buffer.from(bytes)) as OnnxModel;
}

/** What the runtime wants around a graph. */
export function asModel(graph: OnnxGraph): OnnxModel {
  return { ir_version: 9, opset_import: [{ version: 18 }], producer_name: 'test', graph };
}

export const FLOAT = 1;
export const EXTERNAL = 1;

/** FP32 weights that differ by `seed`. */
export function floats(name: string, dims: readonly number[], seed: number): OnnxTensor {
  const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  for (let at = 0; at < values.length; at += 1) values[at] = Math.sin(at * 0.37 + seed) / 8;
  return { name, dims, data_type: FLOAT, raw_data: new Uint8Array(values.buffer) };
}

/** FP32 of these sizes, the first of which is open. */
export function value(name: string, size: number): OnnxValue {
  const dim = [{ dim_param: 'batch' }, { dim_value: size }];
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}

/** Two layers, 160 kB and 81 kB of weights: y = relu(x W0 + B0) W1 + B1. */
export function twoLayers(seeds: { readonly first?: number; readonly second?: number; readonly bias?: number } = {}) {
  const { first = 1, second = 2, bias = 3 } = seeds;
  return asModel({
    name: 'two layers',
    node: [
      { op_type: 'Gemm', input: ['x', 'W0', 'B0'], output: ['h'] },
      { op_type: 'Relu', input: ['h'], output: ['r'] },
      { op_type: 'Gemm', input: ['r', 'W1', 'B1'], output: ['y'] },
    ],
    initializer: [
      floats('W0', [64, 640], first),
      floats('B0', [640], 3),
      floats('W1', [640, 32], second),
      floats('B1', [32], bias),
    ],
    input: [value('x', 64)],
    output: [value('y', 32)],
  });
}
