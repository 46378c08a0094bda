/** Single calls of the services that scenarios ask how a server is. */
import { Connection, frameMessage } from '../load/connection.ts';
import { STATUS } from '../load/grpc-status.ts';
import { text } from './protobuf-writer.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Answer {
  readonly status: number;
  readonly reply: Buffer | undefined;
  readonly ms: number;
}

const DEADLINE_MS = 2000;
const SERVING = Buffer.of(0x08, 0x01);

export async function callOnce(connection: Connection, message: Uint8Array): Promise<Answer> {
  const startMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<Answer>();
  connection.call(frameMessage(message), (status, reply) =>
    resolve({ status, reply, ms: performance.now() - startMs }),
  );
  return await promise;
}

/** grpc.health.v1 Check of the whole server. */
export async function isServing(endpoint: Endpoint): Promise<boolean> {
  return (await ask(endpoint, '/grpc.health.v1.Health/Check', new Uint8Array()))?.equals(SERVING) === true;
}

/** KServe v2 ModelReady; without a version, of the one that the model's traffic goes to. */
export async function isModelReady(endpoint: Endpoint, model: string, version = ''): Promise<boolean> {
  const request = Buffer.concat([...text(1, model), ...text(2, version)]);
  const reply = await ask(endpoint, '/inference.GRPCInferenceService/ModelReady', request);
  return reply !== undefined && reply.byteLength > 0 && reply.readUInt8(reply.byteLength - 1) === 1;
}

async function ask(endpoint: Endpoint, method: string, message: Uint8Array): Promise<Buffer | undefined> {
  try {
    using connection = await Connection.open({ ...endpoint, method, deadlineMs: DEADLINE_MS });
    const { status, reply } = await callOnce(connection, message);
    return status === STATUS.OK ? reply : undefined;
  } catch {
    // It does not listen yet, or not any more.
    return undefined;
  }
}
