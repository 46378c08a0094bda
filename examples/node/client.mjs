/** Calls a Sluice server: one prediction, several over a stream, and what became of the first. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const DEADLINE_MS = 2000;
const FLOWERS = [
  [5.1, 3.5, 1.4, 0.2],
  [6.7, 3.0, 5.2, 2.3],
  [5.7, 2.8, 4.1, 1.3],
];

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const { sluice } = loadPackageDefinition(
  loadSync(['sluice/v1/predict.proto', 'sluice/v1/outcomes.proto'], {
    includeDirs: [pathOf('../../proto')],
    defaults: true,
    longs: String,
  }),
);

/** Plain unless there is a certificate authority or a token: a token never travels in the clear. */
function readCredentials({ SLUICE_CA, SLUICE_TOKEN }) {
  if (!SLUICE_CA && !SLUICE_TOKEN) return credentials.createInsecure();
  const channel = credentials.createSsl(SLUICE_CA ? readFileSync(SLUICE_CA) : undefined);
  if (!SLUICE_TOKEN) return channel;
  const bearer = (_, done) => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${SLUICE_TOKEN}`);
    done(null, metadata);
  };
  return credentials.combineChannelCredentials(channel, credentials.createFromMetadataGenerator(bearer));
}

const requestFor = (flower, more) => ({
  model: 'iris',
  inputs: [{ name: 'X', shape: [1, 4], floats: flower }],
  ...more,
});
const labelOf = ({ outputs }) => outputs.find(({ name }) => name === 'label').int64s[0];
const deadline = () => Date.now() + DEADLINE_MS;

/** A unary call as a promise. */
function call(client, method, request) {
  return new Promise((resolve, reject) => {
    client[method](request, { deadline: deadline() }, (error, reply) => (error ? reject(error) : resolve(reply)));
  });
}

/** Replies come in any order: `request_id` tells whose each one is. */
async function labelsByStream(client, flowers) {
  const stream = client.predictStream({ deadline: deadline() });
  flowers.forEach((flower, index) => stream.write(requestFor(flower, { requestId: String(index) })));
  stream.end();
  const labels = new Array(flowers.length);
  for await (const { requestId, reply, error } of stream) {
    labels[Number(requestId)] = reply ? labelOf(reply) : `error ${error.code}: ${error.message}`;
  }
  return labels;
}

const address = process.env.SLUICE_PREDICT_ADDRESS ?? '127.0.0.1:50051';
// UNAVAILABLE is retried with back-off, and no more where one in ten calls fails already: see ../service-config.json.
const options = { 'grpc.service_config': readFileSync(pathOf('../service-config.json'), 'utf8') };
const predictions = new sluice.v1.PredictService(address, readCredentials(process.env), options);
const outcomes = new sluice.v1.OutcomeService(address, readCredentials(process.env), options);
try {
  const reply = await call(predictions, 'predict', requestFor(FLOWERS[0], { routingKey: 'user-7' }));
  console.log(`version ${reply.version}, epoch ${reply.epoch}, arm ${reply.arm}: label ${labelOf(reply)}`);

  console.log(`stream: labels ${(await labelsByStream(predictions, FLOWERS)).join(' ')}`);

  // Later, by whoever knows what became of it; it counts where a running experiment or rollout has this metric.
  const outcome = { predictionId: reply.predictionId, metric: 'conversion', value: 1 };
  const counted = await call(outcomes, 'reportOutcomes', { outcomes: [outcome] });
  console.log(`outcome: accepted ${counted.accepted}, duplicate ${counted.duplicate}, unknown ${counted.unknown}`);
} finally {
  predictions.close();
  outcomes.close();
}
