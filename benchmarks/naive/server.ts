/**
 * The baseline: what a competent engineer writes in an afternoon to serve ONNX models over gRPC from Node. grpc-js and
 * proto-loader, one session per model with one thread, run on the main thread as the requests come; KServe v2
 * ModelInfer with raw contents, FP32 in. It imports nothing of the server that it is compared with but the protocol.
 *
 *     node benchmarks/naive/server.ts 50061 iris=models/iris/1/model.onnx
 */
import { join } from 'node:path';
import { Server, ServerCredentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import type { ServiceDefinition, handleUnaryCall } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { HealthImplementation } from 'grpc-health-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';

interface InferRequest {
  readonly modelName: string;
  readonly id: string;
  readonly inputs: readonly { readonly name: string; readonly datatype: string; readonly shape: readonly number[] }[];
  readonly rawInputContents: readonly Buffer[];
}

interface InferReply {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly outputs: readonly { readonly name: string; readonly datatype: string; readonly shape: readonly number[] }[];
  readonly rawOutputContents: readonly Buffer[];
}

const PROTO_ROOT = join(import.meta.dirname, '..', '..', 'proto');
const DATATYPES: Readonly<Record<string, string>> = { float32: 'FP32', int64: 'INT64' };

const sessions = new Map<string, InferenceSession>();

async function infer(request: InferRequest): Promise<InferReply> {
  const session = sessions.get(request.modelName);
  if (session === undefined) throw Object.assign(new Error('unknown model'), { code: status.NOT_FOUND });
  const feeds: Record<string, Tensor> = {};
  request.inputs.forEach((input, at) => {
    const raw = request.rawInputContents[at];
    if (raw === undefined || input.datatype !== 'FP32') {
      throw Object.assign(new Error(`send input ${input.name} as raw FP32`), { code: status.INVALID_ARGUMENT });
    }
    // The bytes are a view at any offset of the message; a Float32Array needs them aligned.
    const aligned = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength);
    feeds[input.name] = new Tensor('float32', new Float32Array(aligned as ArrayBuffer), input.shape);
  });
  const outputs = Object.entries(await session.run(feeds));
  return {
    modelName: request.modelName,
    modelVersion: '1',
    id: request.id,
    outputs: outputs.map(([name, { type, dims }]) => ({ name, datatype: DATATYPES[type] ?? type, shape: dims })),
    rawOutputContents: outputs.map(([, { data }]) => {
      const { buffer, byteOffset, byteLength } = data as Float32Array;
      return Buffer.from(buffer, byteOffset, byteLength);
    }),
  };
}

const modelInfer: handleUnaryCall<InferRequest, InferReply> = (call, callback) => {
  infer(call.request).then(
    (reply) => callback(null, reply),
    (error: unknown) =>
      callback({ code: (error as { code?: status }).code ?? status.INTERNAL, details: String(error) }),
  );
};

async function main(): Promise<void> {
  const [port = '50061', ...models] = process.argv.slice(2);
  for (const model of models) {
    const at = model.indexOf('=');
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
    sessions.set(model.slice(0, at), await InferenceSession.create(model.slice(at + 1), options));
  }
  const definition = loadSync('inference/grpc_service.proto', { longs: Number, includeDirs: [PROTO_ROOT] });
  const loaded = loadPackageDefinition(definition) as unknown as {
    inference: { GRPCInferenceService: { service: ServiceDefinition } };
  };
  const server = new Server({ 'grpc.max_receive_message_length': 64 * 2 ** 20 });
  server.addService(loaded.inference.GRPCInferenceService.service, { ModelInfer: modelInfer });
  new HealthImplementation({ '': 'SERVING' }).addToServer(server);
  process.once('SIGTERM', () => server.tryShutdown(() => process.exit(0)));
  server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
    if (error !== null) throw error;
  });
}

await main();
