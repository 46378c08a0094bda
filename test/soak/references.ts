/** The right answers: each version's file alone in ONNX Runtime, each question by itself, none of the server's code. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { floatsOf, longs, textsOf, texts } from './tensors.ts';
import type { Block } from './tensors.ts';
import { filesOf } from './workload.ts';
import type { Source } from './workload.ts';

/** An answer, or why there is none. */
export type Reference = readonly Block[] | string;

export class References {
  readonly #directory: string;
  readonly #sessions = new Map<string, InferenceSession>();
  readonly #answers = new Map<string, Reference>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<References> {
    return new References(await mkdtemp(join(tmpdir(), 'sluice-references-')));
  }

  async answer(source: Source, question: number, inputs: readonly Block[]): Promise<Reference> {
    const name = JSON.stringify(source);
    const known = this.#answers.get(`${name} ${question}`);
    if (known !== undefined) return known;
    const found = await run(await this.#session(name, source), inputs).catch((caught: unknown) => String(caught));
    this.#answers.set(`${name} ${question}`, found);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
    await rm(this.#directory, { recursive: true });
  }

  async #session(name: string, source: Source): Promise<InferenceSession> {
    const known = this.#sessions.get(name);
    if (known !== undefined) return known;
    const path = join(this.#directory, `${this.#sessions.size}.onnx`);
    await writeFile(path, (await filesOf(source))['model.onnx'] ?? new Uint8Array());
    const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
    this.#sessions.set(name, session);
    return session;
  }
}

async function run(session: InferenceSession, inputs: readonly Block[]): Promise<Block[]> {
  const outputs = await session.run(Object.fromEntries(inputs.map((block) => [block.name, toTensor(block)])));
  return session.outputNames.map((name) => fromTensor(name, outputs[name]!));
}

function toTensor(block: Block): Tensor {
  const { datatype, shape, raw } = block;
  const { buffer } = Uint8Array.from(raw);
  switch (datatype) {
    case 'FP32':
      return new Tensor('float32', floatsOf(block), shape);
    case 'INT32':
      return new Tensor('int32', new Int32Array(buffer), shape);
    case 'INT64':
      return new Tensor('int64', new BigInt64Array(buffer), shape);
    case 'BYTES':
      return new Tensor('string', textsOf(block), shape);
  }
}

function fromTensor(name: string, { type, dims, data }: Tensor): Block {
  if (type === 'string') return texts(name, dims, data as string[]);
  if (type === 'int64') return longs(name, dims, Array.from(data as BigInt64Array, Number));
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  const raw = new Uint8Array(buffer, byteOffset, byteLength);
  if (type === 'float32') return { name, datatype: 'FP32', shape: dims, raw };
  if (type === 'int32') return { name, datatype: 'INT32', shape: dims, raw };
  throw new Error(`output ${name} is ${type}, of which no question asks`);
}
