/** Asks iris for flowers at a steady rate, each caller with a key of its own, until it is stopped; then says who answered. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const RATE_PER_SECOND = 200;
const DEADLINE_MS = 2000;
/** The least and the most of each measurement, in cm. */
const RANGES = [
  [4.3, 7.9],
  [2.0, 4.4],
  [1.0, 6.9],
  [0.1, 2.5],
];

const proto = fileURLToPath(new URL('../../proto', import.meta.url));
const { sluice } = loadPackageDefinition(loadSync('sluice/v1/predict.proto', { includeDirs: [proto], defaults: true }));
const address = process.env.SLUICE_PREDICT_ADDRESS ?? '127.0.0.1:50051';
const client = new sluice.v1.PredictService(address, credentials.createInsecure());

/** Answers by version, failures by status. */
const seen = new Map();
const count = (what) => seen.set(what, (seen.get(what) ?? 0) + 1);

function ask() {
  const floats = RANGES.map(([least, most]) => least + Math.random() * (most - least));
  const request = { model: 'iris', routingKey: randomUUID(), inputs: [{ name: 'X', shape: [1, 4], floats }] };
  client.predict(request, { deadline: Date.now() + DEADLINE_MS }, (error, reply) => {
    count(error ? `status ${error.code}` : `version ${reply.version}`);
  });
}

const timer = setInterval(ask, 1000 / RATE_PER_SECOND);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    clearInterval(timer);
    // Calls in flight are answered before the connection closes.
    client.close();
    const parts = [...seen].sort().map(([what, times]) => `${what}: ${times}`);
    console.log(`callers saw ${parts.join(', ')}`);
  });
}
