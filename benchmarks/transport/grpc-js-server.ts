/**
 * What everybody writes in Node: grpc-js and proto-loader.
 *
 *     node benchmarks/transport/grpc-js-server.ts 50061
 */
import { join } from 'node:path';
import { Server, ServerCredentials, loadPackageDefinition } from '@grpc/grpc-js';
import type { ServiceDefinition, handleUnaryCall } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

interface Payload {
  readonly payload: Buffer;
}

const echo: handleUnaryCall<Payload, Payload> = (call, callback) => callback(null, { payload: call.request.payload });

const [port = '50061'] = process.argv.slice(2);
const loaded = loadPackageDefinition(loadSync(join(import.meta.dirname, 'echo.proto'))) as unknown as {
  bench: { Echo: { service: ServiceDefinition } };
};
const server = new Server();
server.addService(loaded.bench.Echo.service, { Echo: echo });
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
});
process.once('SIGTERM', () => server.forceShutdown());
