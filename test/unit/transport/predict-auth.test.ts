/** The Predict port where calls need a token: every method on both transports, and what is open all the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { PredictGate } from '../../../src/access/predict-gate.ts';
import type { KnownToken } from '../../../src/access/token.ts';
import { hashSecret, makeToken, TOKEN_HASHING } from '../../../src/registry/token-secrets.ts';
import { loadSchema } from '../../../src/transport/grpc-js/codec.ts';
import { PredictGuard } from '../../../src/transport/predict-guard.ts';
import type { PredictStreamReply__Output as PredictStreamReply } from '../../../src/transport/gen/sluice/v1/PredictStreamReply.ts';
import { UNIMPLEMENTED } from '../../../src/transport/services/kserve-unimplemented.ts';
import { openFakeDoor } from '../../support/fake-door.ts';

const { sluice, inference } = loadSchema();
const DEFINITIONS = [
  ...Object.values(sluice.v1.PredictService.service),
  ...Object.values(sluice.v1.OutcomeService.service),
  ...Object.entries(inference.GRPCInferenceService.service)
    .filter(([name]) => !UNIMPLEMENTED.some(([refused]) => refused === name))
    .map(([, definition]) => definition),
];
const OPEN = ['/inference.GRPCInferenceService/ServerLive', '/inference.GRPCInferenceService/ServerReady'];
const PREDICT = sluice.v1.PredictService.service.Predict;
const STREAM = sluice.v1.PredictService.service.PredictStream;
const INPUTS = ['INPUT0', 'INPUT1'].map((name) => ({ name, shape: [1, 16], ints: Array<number>(16).fill(1) }));

function known(over: Partial<KnownToken> = {}) {
  const { id, secret, text } = makeToken();
  const base = { name: 'shop', models: [], expiresAt: undefined, requestsPerSecond: 0, burst: 0 };
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${text}`);
  return { token: { ...base, id, hash: hashSecret(secret), ...over }, metadata };
}

async function open(transport: 'h2' | 'grpc-js', tokens: readonly KnownToken[]) {
  const refusals: string[] = [];
  const gate = new PredictGate({
    hashing: TOKEN_HASHING,
    now: Date.now,
    onRefusal: (reason) => refusals.push(reason),
    onCall: () => undefined,
  });
  gate.replace(tokens);
  const { door, target, rpcs } = await openFakeDoor({ transport, guard: new PredictGuard(gate) });
  const client = new Client(target, credentials.createInsecure());
  const close = (): void => {
    client.close();
    door.close();
  };
  return { gate, client, refusals, rpcs, [Symbol.dispose]: close };
}

/** How a call with one message ends, whatever the method's kind, and the bytes of its replies. */
function call(client: Client, path: string, metadata: Metadata, message: Buffer = Buffer.alloc(0)) {
  const replies: Buffer[] = [];
  return new Promise<{ error: ServiceError | undefined; replies: Buffer[] }>((resolve) => {
    const options = { deadline: Date.now() + 30_000 };
    const stream = client.makeBidiStreamRequest<Buffer, Buffer>(path, asItIs, asItIs, metadata, options);
    stream.on('data', (reply: Buffer) => replies.push(reply));
    stream.on('error', (error) => {
      resolve({ error: error as ServiceError, replies });
    });
    stream.on('end', () => {
      resolve({ error: undefined, replies });
    });
    stream.write(message);
    stream.end();
  });
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}

for (const transport of ['h2', 'grpc-js'] as const) {
  describe(`on ${transport}`, () => {
    it('no method is answered without a token but those that tell whether the server is there', async () => {
      using scene = await open(transport, [known().token]);
      for (const { path, requestStream, responseStream } of DEFINITIONS) {
        const { error, replies } = await call(scene.client, path, new Metadata());
        if (OPEN.includes(path)) assert.equal(error, undefined, path);
        else if (requestStream && responseStream) {
          assert.match(replies.join(''), /token/, `${path} refuses each message in its reply`);
        } else assert.equal(error?.code, status.UNAUTHENTICATED, path);
      }
      const health = await call(scene.client, '/grpc.health.v1.Health/Check', new Metadata());
      assert.equal(health.error, undefined);
    });

    it('a good token is let in, for its models alone', async () => {
      const { token, metadata } = known({ models: ['simple'] });
      using scene = await open(transport, [token]);
      const ask = async (model: string) => {
        const message = PREDICT.requestSerialize({ model, inputs: INPUTS });
        return (await call(scene.client, PREDICT.path, metadata, message)).error?.code ?? status.OK;
      };
      assert.equal(await ask('simple'), status.OK);
      assert.equal(await ask('wine'), status.PERMISSION_DENIED);
      const { ListModels } = sluice.v1.PredictService.service;
      const { replies } = await call(scene.client, ListModels.path, metadata);
      const [reply] = replies;
      assert(reply);
      assert.deepEqual(
        ListModels.responseDeserialize(reply).models.map(({ model }) => model),
        ['simple'],
      );
    });

    it('a token that is revoked is good for no further call, nor message of a stream that is open', async () => {
      const { token, metadata } = known();
      using scene = await open(transport, [token]);
      const message = STREAM.requestSerialize({ model: 'simple', inputs: INPUTS, requestId: 'one' });
      const stream = scene.client.makeBidiStreamRequest(STREAM.path, asItIs, STREAM.responseDeserialize, metadata);
      const next = () => new Promise<PredictStreamReply>((resolve) => stream.once('data', resolve));
      stream.on('error', () => undefined);
      const first = next();
      stream.write(message);
      assert.equal((await first).result, 'reply');
      scene.gate.replace([]);
      const second = next();
      stream.write(message);
      assert.equal((await second).error?.code, status.UNAUTHENTICATED);
      stream.cancel();
      const { error } = await call(scene.client, PREDICT.path, metadata, message);
      assert.equal(error?.code, status.UNAUTHENTICATED);
    });

    it('calls beyond the rate are told when to come back', async () => {
      const { token, metadata } = known({ requestsPerSecond: 1, burst: 1 });
      using scene = await open(transport, [token]);
      const message = PREDICT.requestSerialize({ model: 'simple', inputs: INPUTS });
      assert.equal((await call(scene.client, PREDICT.path, metadata, message)).error, undefined);
      const { error } = await call(scene.client, PREDICT.path, metadata, message);
      assert.equal(error?.code, status.RESOURCE_EXHAUSTED);
      const [pushback] = error.metadata.get('grpc-retry-pushback-ms');
      assert(Number(pushback) > 100 && Number(pushback) <= 1000, String(pushback));
      assert.deepEqual(scene.refusals, ['rate']);
    });
  });
}
