/** Predict, plain and with gzip, PredictStream, an error and a cancellation, by Connect against the server at argv[2]. */
import assert from 'node:assert/strict';
import { create, createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { compressionGzip, createGrpcTransport } from '@connectrpc/connect-node';

const CALLS = 64;
const [, , address, descriptors] = process.argv;

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.from(descriptors, 'base64')));
const service = registry.getService('sluice.v1.PredictService');
const requestSchema = registry.getMessage('sluice.v1.PredictRequest');
const baseUrl = `http://${address}`;

function flower(model, requestId, rows = 1) {
  const floats = Array.from({ length: rows }, () => [5.1, 3.5, 1.4, 0.2]).flat();
  return create(requestSchema, { model, requestId, inputs: [{ name: 'X', shape: [BigInt(rows), 4n], floats }] });
}

function labels(reply) {
  return reply.outputs.find(({ name }) => name === 'label').int64s;
}

const client = createClient(service, createGrpcTransport({ baseUrl }));
const reply = await client.predict(flower('iris', 'one'));
assert.deepEqual([labels(reply), reply.requestId, reply.version], [[0n], 'one', '1']);

const squeezed = createClient(
  service,
  createGrpcTransport({ baseUrl, sendCompression: compressionGzip, compressMinBytes: 1 }),
);
assert.equal(labels(await squeezed.predict(flower('iris', 'gzip', 32))).length, 32);

await assert.rejects(client.predict(flower('tulip', 'none')), (caught) => caught.code === Code.NotFound);

await client
  .predict(flower('iris', 'late'), { timeoutMs: 1 })
  .catch((caught) => assert.equal(ConnectError.from(caught).code, Code.DeadlineExceeded));

async function* flowers() {
  for (let index = 0; index < CALLS; index += 1) yield flower('iris', String(index));
}
const seen = new Set();
for await (const { requestId, result } of client.predictStream(flowers())) {
  assert.equal(result.case, 'reply');
  assert.deepEqual(labels(result.value), [0n]);
  seen.add(requestId);
}
assert.equal(seen.size, CALLS);
console.log('all answered');
