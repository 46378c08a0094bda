/** Ways to get the memory that a batch's inputs and outputs take. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { BufferPool } from '../../src/batching/buffer-pool.ts';
import { INPUT, OUTPUT, writeModel } from './onnx-writer.ts';

const SHAPE = [3, 224, 224];
const ELEMENTS = 3 * 224 * 224;

export interface MemoryWay {
  readonly way: string;
  readonly run: () => Promise<unknown>;
}

/** Copies an image into a batch, and runs a model whose output is as large as its input. */
export async function memoryWays(): Promise<readonly MemoryWay[]> {
  const image = new Uint8Array(4 * ELEMENTS).fill(1);
  const pool = new BufferPool(2 ** 22);
  const session = await InferenceSession.create(
    Buffer.concat(
      writeModel({
        inputShape: SHAPE,
        outputShape: SHAPE,
        nodes: [{ op: 'Relu', inputs: [INPUT], output: OUTPUT }],
        weights: [],
      }),
    ),
    { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 },
  );
  const input = new Tensor('float32', new Float32Array(ELEMENTS), [1, ...SHAPE]);
  const output = (): Tensor => new Tensor('float32', new Float32Array(ELEMENTS), [1, ...SHAPE]);
  const warm = output();
  return [
    { way: 'input copied into new memory', run: async () => new Uint8Array(new ArrayBuffer(4 * ELEMENTS)).set(image) },
    {
      way: 'input copied into a buffer of the pool',
      run: async () => {
        const buffer = pool.take(4 * ELEMENTS);
        new Uint8Array(buffer).set(image);
        pool.give(buffer);
      },
    },
    { way: 'run, the runtime makes the output', run: () => session.run({ [INPUT]: input }) },
    { way: 'run, output into new memory', run: () => session.run({ [INPUT]: input }, { [OUTPUT]: output() }) },
    { way: 'run, output into the same memory again', run: () => session.run({ [INPUT]: input }, { [OUTPUT]: warm }) },
  ];
}
