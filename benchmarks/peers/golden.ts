/** What each model must answer, found out with onnxruntime alone: no peer is measured before it has answered so. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Connection, frameMessage } from '../load/connection.ts';
import { STATUS, STATUS_NAMES } from '../load/grpc-status.ts';
import { HttpPool, jsonPost } from '../load/http-pool.ts';
import type { BenchModel } from '../support/bench-models.ts';
import { MODEL_INFER, sameOutputs } from '../support/infer-request.ts';
import { jsonInputs, sameJson } from '../support/json-request.ts';
import { integers, nested, text } from '../support/protobuf-writer.ts';
import { fillUniform, uniform } from '../support/random.ts';
import type { Peer } from './peers.ts';

/** One question and its answer, in the words of both wires. */
export interface Golden {
  readonly model: string;
  readonly grpcRequest: Buffer;
  readonly grpcReply: Buffer;
  readonly jsonRequest: string;
  readonly jsonReply: Buffer;
  /** Of a server that gives the last output alone. */
  readonly jsonLast: Buffer;
}

const DATATYPES: Readonly<Record<string, string>> = { float32: 'FP32', int64: 'INT64' };
const SEED = 20_261_124;
const TIMEOUT_MS = 10_000;

export async function makeGolden({ name, input }: BenchModel, file: string): Promise<Golden> {
  const values = new Float32Array(input.shape.reduce((product, size) => product * size, 1));
  fillUniform(values, { random: uniform(SEED), low: 0, high: 8 });
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  const run = await session.run({ [input.name]: new Tensor('float32', values, input.shape) });
  const outputs = session.outputNames.map((output) => ({ output, tensor: run[output]! }));
  await session.release();
  const tensorMessage = (tensor: string, datatype: string, shape: readonly number[]): Uint8Array[] => [
    ...text(1, tensor),
    ...text(2, datatype),
    ...integers(3, shape),
  ];
  const json = Object.fromEntries(outputs.map(({ output, tensor }) => [output, nestedNumbers(tensor)]));
  return {
    model: name,
    grpcRequest: Buffer.concat([
      ...text(1, name),
      ...nested(5, tensorMessage(input.name, 'FP32', input.shape)),
      ...nested(7, [bytesOf(values)]),
    ]),
    grpcReply: Buffer.concat([
      ...outputs.flatMap(({ output, tensor: { type, dims } }) =>
        nested(5, tensorMessage(output, DATATYPES[type] ?? type, dims)),
      ),
      ...outputs.flatMap(({ tensor }) => nested(6, [bytesOf(tensor.data as Float32Array)])),
    ]),
    jsonRequest: jsonInputs(values, input.shape),
    jsonReply: Buffer.from(JSON.stringify(json)),
    jsonLast: Buffer.from(JSON.stringify(Object.values(json).at(-1))),
  };
}

/** undefined if the peer answers as it must; else what it does instead. */
export async function wrongAnswer(peer: Peer, port: number, golden: Golden): Promise<string | undefined> {
  const at = { host: '127.0.0.1', port };
  try {
    if (peer.wire === 'grpc') {
      using connection = await Connection.open({ ...at, method: MODEL_INFER, deadlineMs: TIMEOUT_MS });
      const { status, reply } = await answer(connection, frameMessage(golden.grpcRequest));
      if (reply === undefined) return STATUS_NAMES[status] ?? String(status);
      return sameOutputs(golden.grpcReply, reply) ? undefined : `other outputs for ${golden.model}`;
    }
    using pool = await HttpPool.open(at);
    const post = jsonPost({ host: at.host, path: `/predict/${golden.model}`, json: golden.jsonRequest });
    const { status, reply } = await answer(pool, post);
    if (reply === undefined) return STATUS_NAMES[status] ?? String(status);
    const wanted = peer.answersLast === true ? golden.jsonLast : golden.jsonReply;
    return sameJson(wanted, reply) ? undefined : `other outputs for ${golden.model}: ${reply.toString().slice(0, 200)}`;
  } catch (caught) {
    return String(caught);
  }
}

async function answer(
  caller: Connection | HttpPool,
  body: Buffer,
): Promise<{ readonly status: number; readonly reply: Buffer | undefined }> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; reply: Buffer | undefined }>();
  const timer = setTimeout(resolve, TIMEOUT_MS, { status: STATUS.DEADLINE_EXCEEDED, reply: undefined });
  caller.call(body, (status, reply) => resolve({ status, reply: reply && Buffer.from(reply) }));
  return await promise.finally(() => clearTimeout(timer));
}

function bytesOf(numbers: Float32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function nestedNumbers({ data, dims }: Tensor): unknown {
  const numbers: unknown[] = Array.from(data as Float32Array, Number);
  return dims.slice(1).reduceRight<unknown[]>((inner, size) => {
    return Array.from({ length: inner.length / size }, (_, at) => inner.slice(at * size, (at + 1) * size));
  }, numbers);
}
