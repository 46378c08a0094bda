/** The models that are measured: generated, or taken from the repository, each laid out as a models directory. */
import { closeSync, cpSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { INPUT, OUTPUT, writeModel } from './onnx-writer.ts';
import type { Graph, Node, Weights } from './onnx-writer.ts';
import { fillUniform, uniform } from './random.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Everything that the benchmarks write; git ignores it. */
export const OUT = join(ROOT, 'benchmarks', 'out');

export interface BenchModel {
  readonly name: string;
  /** The FP32 input as a request brings it. */
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  /** A version's folder in the repository, or what to generate. */
  readonly source: { readonly folder: string } | { readonly graph: () => Graph };
}

const LARGE_LAYERS = [4096, 4096, 4096, 4096, 4096, 4096];

export const MODELS = {
  iris: { name: 'iris', input: { name: 'X', shape: [1, 4] }, source: { folder: 'models/iris/1' } },
  steadyWork: {
    name: 'steady_work',
    // Four rows are 8 ms of compute: then what refusing costs the machine that also makes the load is a few per cent.
    input: { name: 'x', shape: [4, 8] },
    source: { folder: 'test/models/steady_work/1' },
  },
  mlpSmall: generated('mlp-small', [64], () => mlp([64, 256, 256, 10])),
  mlp22mb: generated('mlp-22mb', [512], () => mlp([512, 2048, 2048, 100])),
  image: generated('image', [3, 224, 224], imageMean),
  mlp335mb: generated('mlp-335mb', [4096], () => mlp(LARGE_LAYERS)),
  /** The same matrices, another last bias: a version that was tuned at its head. */
  mlp335mbTuned: generated('mlp-335mb-tuned', [4096], () => mlp(LARGE_LAYERS, { lift: 0.5 })),
} as const satisfies Record<string, BenchModel>;

/** Makes `<directory>/<name>/1/model.onnx` for each, and returns the path of each file by name. */
export function layOutModels(directory: string, models: readonly BenchModel[]): Map<string, string> {
  return new Map(models.map((model) => [model.name, layOut(directory, model)]));
}

function layOut(directory: string, { name, source }: BenchModel): string {
  const folder = join(directory, name, '1');
  const file = join(folder, 'model.onnx');
  mkdirSync(folder, { recursive: true });
  if ('folder' in source) cpSync(join(ROOT, source.folder), folder, { recursive: true });
  else if (!existsSync(file)) writeWhole(file, writeModel(source.graph()));
  return file;
}

/** An interrupted run leaves no half-written model behind. */
function writeWhole(file: string, pieces: readonly Uint8Array[]): void {
  const unfinished = `${file}.unfinished`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'w');
  try {
    for (const piece of pieces) writePiece(descriptor, piece);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
}

function writePiece(descriptor: number, piece: Uint8Array): void {
  for (let at = 0; at < piece.byteLength;) at += writevSync(descriptor, [piece.subarray(at)]);
}

function generated(name: string, rowShape: readonly number[], graph: () => Graph): BenchModel {
  return { name, input: { name: INPUT, shape: [1, ...rowShape] }, source: { graph } };
}

/** Fully connected layers with Relu between them; `lift` is added to every output. */
function mlp(sizes: readonly number[], { lift = 0 } = {}): Graph {
  const random = uniform(20_261_123);
  const weights: Weights[] = [];
  const nodes: Node[] = [];
  const last = sizes.length - 2;
  let previous = INPUT;
  for (let layer = 0; layer <= last; layer += 1) {
    const shape = sizes.slice(layer, layer + 2);
    const [columns = 0, rows = 0] = shape;
    const matrix = { name: `W${layer}`, shape, data: new Float32Array(columns * rows) };
    const bias = { name: `B${layer}`, shape: [rows], data: new Float32Array(rows) };
    // Keeps the size of activations about the same from layer to layer.
    const reach = Math.sqrt(6 / columns);
    fillUniform(matrix.data, { random, low: -reach, high: reach });
    fillUniform(bias.data, { random, low: -0.1, high: 0.1 });
    if (layer === last) bias.data.forEach((value, at) => (bias.data[at] = value + lift));
    weights.push(matrix, bias);
    const sum = layer === last ? OUTPUT : `sum${layer}`;
    nodes.push({ op: 'Gemm', inputs: [previous, matrix.name, bias.name], output: sum });
    previous = `active${layer}`;
    if (layer < last) nodes.push({ op: 'Relu', inputs: [sum], output: previous });
  }
  return { inputShape: sizes.slice(0, 1), outputShape: sizes.slice(-1), nodes, weights };
}

/** The mean of each channel: 600 kB in, 12 bytes out, and next to nothing to compute. */
function imageMean(): Graph {
  return {
    inputShape: [3, 224, 224],
    outputShape: [3],
    nodes: [
      { op: 'GlobalAveragePool', inputs: [INPUT], output: 'pooled' },
      { op: 'Flatten', inputs: ['pooled'], output: OUTPUT, attributes: { axis: 1 } },
    ],
    weights: [],
  };
}
