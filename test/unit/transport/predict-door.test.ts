/** sluice.v1.PredictService through a real port and a real client. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ClientDuplexStream, Metadata, status } from '@grpc/grpc-js';
import { ServerError } from '../../../src/domain/errors.ts';
import type { PredictRequest } from '../../../src/domain/predict.ts';
import type { GetModelReply__Output } from '../../../src/transport/gen/sluice/v1/GetModelReply.ts';
import type { ListModelsReply__Output } from '../../../src/transport/gen/sluice/v1/ListModelsReply.ts';
import type { ListVersionsReply__Output } from '../../../src/transport/gen/sluice/v1/ListVersionsReply.ts';
import type { PredictReply__Output } from '../../../src/transport/gen/sluice/v1/PredictReply.ts';
import type { PredictRequest as WireRequest } from '../../../src/transport/gen/sluice/v1/PredictRequest.ts';
import type { PredictStreamReply__Output } from '../../../src/transport/gen/sluice/v1/PredictStreamReply.ts';
import {
  failure,
  type FakeDoor,
  fakePredict,
  once,
  openFakeDoor,
  TRANSPORTS,
  predictClient,
} from '../../support/fake-door.ts';

const FLOWER = { name: 'X', shape: [1, 4], floats: [5.5, 3.5, 1.5, 0.25] };

for (const transport of TRANSPORTS) {
  describe(`the Predict port on ${transport}`, () => {
    let fake: FakeDoor;
    let client: ReturnType<typeof predictClient>;
    /** What reached the request line last. */
    let seen: PredictRequest | undefined;
    let answer = fakePredict;

    before(async () => {
      fake = await openFakeDoor({
        transport,
        maxMessageBytes: 1_000_000,
        answer: (request) => {
          seen = request;
          return answer(request);
        },
      });
      client = predictClient(fake.target);
    });

    after(() => {
      client.close();
      fake.door.close();
    });

    const predict = (request: WireRequest, metadata = new Metadata(), options = {}) =>
      once<PredictReply__Output>((done) => client.Predict(request, metadata, options, done));

    it('answers typed to typed, with model, version, id, timings, and how it was routed', async () => {
      const reply = await predict({ model: 'iris', requestId: '7', inputs: [FLOWER] });
      const { outputs, epoch, ...rest } = reply;
      assert.equal(epoch.toNumber(), 7);
      assert.deepEqual(rest, {
        model: 'iris',
        version: '1',
        requestId: '7',
        timings: { queueMs: 0.5, hopMs: 0.25, computeMs: 1.5, batchRows: 3 },
        arm: 'canary',
        predictionId: 'signed',
        failedOverFrom: '',
      });
      assert.deepEqual(outputs[0]?.floats, FLOWER.floats);
      assert.equal(outputs[0].raw.length, 0);
    });

    it('answers raw to raw, and raw to typed when asked', async () => {
      const raw = Buffer.from(new Float32Array(FLOWER.floats).buffer);
      const mirrored = await predict({ model: 'iris', inputs: [{ ...FLOWER, floats: [], datatype: 'FP32', raw }] });
      assert.deepEqual(mirrored.outputs[0]?.raw, raw);
      const asked = await predict({ model: 'iris', inputs: [FLOWER], rawOutputs: true });
      assert.deepEqual(asked.outputs[0]?.raw, raw);
    });

    it('hands deadline, trace context, routing key and metadata to the request line', async () => {
      const metadata = new Metadata();
      metadata.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
      metadata.set('x-sluice-routing-key', 'from metadata');
      await predict({ model: 'iris', version: 'latest' }, metadata, { deadline: Date.now() + 5000 });
      assert(seen);
      const { deadline, receivedAt, signal: _, header, ...rest } = seen;
      assert(deadline - receivedAt > 4000 && deadline - receivedAt <= 5001, String(deadline - receivedAt));
      assert.deepEqual(rest, {
        method: 'sluice.v1.PredictService/Predict',
        model: 'iris',
        version: 'latest',
        routingKey: 'from metadata',
        inputs: [],
        outputs: [],
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      });
      assert.deepEqual(['x-sluice-routing-key', 'x-other'].map(header), ['from metadata', undefined]);
      await predict({ model: 'iris', routingKey: 'from the field' }, metadata);
      assert.equal(seen.routingKey, 'from the field');
      assert.equal(seen.deadline, Infinity);
    });

    it('a cancelled call aborts its signal, and is recorded as cancelled', async () => {
      const reached = Promise.withResolvers<PredictRequest>();
      answer = (request) => {
        reached.resolve(request);
        return untilAborted(request);
      };
      fake.rpcs.length = 0;
      const ended = Promise.withResolvers<number>();
      const call = client.Predict({ model: 'iris' }, (error) => {
        ended.resolve(error?.code ?? 0);
      });
      const { signal } = await reached.promise;
      call.cancel();
      assert.equal(await ended.promise, status.CANCELLED);
      while (fake.rpcs.length === 0) await new Promise(setImmediate);
      assert.equal(signal.aborted, true);
      assert.deepEqual(fake.rpcs, [['sluice.v1.PredictService/Predict', status.CANCELLED]]);
      answer = fakePredict;
    });

    it('a call that is answered never aborts its signal', async () => {
      await predict({ model: 'iris' });
      await predict({ model: 'iris' });
      assert.equal(seen?.signal.aborted, false);
    });

    it('a deadline that passes ends the call', async () => {
      answer = untilAborted;
      const { code } = await failure(predict({ model: 'iris' }, new Metadata(), { deadline: Date.now() + 30 }));
      assert.equal(code, status.DEADLINE_EXCEEDED);
      answer = fakePredict;
    });

    it('a refusal keeps its words, and a full queue says when to come back', async () => {
      answer = () =>
        Promise.reject(new ServerError('resource_exhausted', '1024 rows wait for "iris"; retry later – ü'));
      const { code, details, error } = await failure(predict({ model: 'iris' }));
      assert.deepEqual([code, details], [status.RESOURCE_EXHAUSTED, '1024 rows wait for "iris"; retry later – ü']);
      assert.deepEqual(error.metadata.get('grpc-retry-pushback-ms'), ['100']);
      answer = fakePredict;
    });

    it('a fault is INTERNAL without its cause, which the log gets', async () => {
      const cause = new TypeError('secret');
      answer = () => Promise.reject(cause);
      const { code, details } = await failure(predict({ model: 'iris' }));
      assert.equal(code, status.INTERNAL);
      assert.doesNotMatch(details, /secret/);
      assert.deepEqual(fake.faults, [cause]);
      answer = fakePredict;
    });

    it('bytes that are no protobuf are INVALID_ARGUMENT', async () => {
      const call = once((done) =>
        client.makeUnaryRequest(
          '/sluice.v1.PredictService/Predict',
          (bytes: Buffer) => bytes,
          String,
          Buffer.of(10, 255),
          done,
        ),
      );
      const { code, details } = await failure(call);
      assert.equal(code, status.INVALID_ARGUMENT);
      assert.match(details, /^the message is not valid protobuf/);
    });

    it('a message beyond the limit is RESOURCE_EXHAUSTED and names the limit', async () => {
      const raw = Buffer.alloc(1_000_001);
      const { code, details } = await failure(predict({ model: 'iris', inputs: [{ name: 'X', raw }] }));
      assert.equal(code, status.RESOURCE_EXHAUSTED);
      assert.match(details, /1000000/);
    });

    it('a client may cancel thousands of calls without losing the others on its connection', async () => {
      answer = async (request) => {
        await new Promise(setImmediate);
        return await fakePredict(request);
      };
      const outcomes = new Map<number, number>();
      const taken: readonly number[] = [status.OK, status.CANCELLED];
      for (let round = 0; round < 30; round += 1) {
        const calls = Array.from({ length: 100 }, (_, index) => {
          const { promise, resolve } = Promise.withResolvers<number>();
          const call = client.Predict({ model: 'iris' }, (error) => {
            resolve(error?.code ?? 0);
          });
          if (index % 2 === 0) setImmediate(() => call.cancel());
          return promise;
        });
        for (const code of await Promise.all(calls)) outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      }
      assert.deepEqual(
        [...outcomes.keys()].filter((code) => !taken.includes(code)),
        [],
      );
      assert((outcomes.get(status.OK) ?? 0) >= 1500, JSON.stringify([...outcomes]));
      answer = fakePredict;
    });

    it('GetModel, ListModels and ListVersions tell what is served', async () => {
      const model = await once<GetModelReply__Output>((done) => client.GetModel({ model: 'iris' }, done));
      assert.deepEqual(model.inputs[0]?.dimensionNames, ['batch', '']);
      assert.deepEqual(model.batching, { enabled: true, reason: '', maxBatchRows: 64 });
      assert.equal(model.status?.state, 'VERSION_STATE_READY');
      assert.equal(model.metadata?.fields.framework?.stringValue, 'scikit-learn');

      const failed = await once<GetModelReply__Output>((done) =>
        client.GetModel({ model: 'iris', version: '2' }, done),
      );
      assert.deepEqual([failed.status?.reason, failed.inputs], ['model.onnx is cut short', []]);

      const request = { model: 'iris', version: 'alias:champion' };
      const champion = await once<GetModelReply__Output>((done) => client.GetModel(request, done));
      assert.equal(champion.status?.version, '1');

      const models = await once<ListModelsReply__Output>((done) => client.ListModels({}, done));
      assert.deepEqual(models.models[0], {
        model: 'iris',
        latest: '1',
        weights: [{ version: '1', weight: 10_000 }],
        versions: ['1', '2', '3'],
      });

      const versions = await once<ListVersionsReply__Output>((done) => client.ListVersions({ model: 'iris' }, done));
      assert.deepEqual(
        versions.versions.map(({ version, state }) => [version, state]),
        [
          ['1', 'VERSION_STATE_READY'],
          ['2', 'VERSION_STATE_FAILED'],
          ['3', 'VERSION_STATE_LOADING'],
        ],
      );
      const since = versions.versions[0]?.since;
      assert.equal(Number(since?.seconds) + Number(since?.nanos) / 1e9, Date.parse('2026-01-02T03:04:05.678Z') / 1000);
    });

    it('unknown models and versions are NOT_FOUND', async () => {
      const model = await failure(once((done) => client.GetModel({ model: 'nope' }, done)));
      assert.equal(model.code, status.NOT_FOUND);
      assert.match(model.details, /^Request for unknown model: 'nope' is not found/);
      const version = await failure(once((done) => client.GetModel({ model: 'iris', version: '9' }, done)));
      assert.equal(version.code, status.NOT_FOUND);
      const alias = await failure(once((done) => client.GetModel({ model: 'iris', version: 'alias:none' }, done)));
      assert.deepEqual([alias.code, alias.details], [status.NOT_FOUND, "model 'iris' has no 'alias:none'"]);
    });

    describe('PredictStream', () => {
      it('answers by id in any order, and goes on after a bad request or bad bytes', async () => {
        const first = Promise.withResolvers<undefined>();
        answer = async (request) => {
          if (request.inputs.length === 1) await first.promise;
          return await fakePredict(request);
        };
        const stream = client.PredictStream();
        const replies = collect(stream, 3);
        stream.write({ model: 'iris', requestId: 'slow', inputs: [FLOWER] });
        stream.write({ model: 'nope', requestId: 'bad' });
        stream.write({ model: 'iris', requestId: 'quick' });
        stream.end();
        stream.on('data', ({ requestId }: PredictStreamReply__Output) => {
          if (requestId === 'quick') first.resolve(undefined);
        });
        const [bad, quick, slow] = await replies;
        assert.deepEqual([bad?.requestId, bad?.error?.code], ['bad', status.NOT_FOUND]);
        assert.deepEqual([quick?.requestId, quick?.reply?.version], ['quick', '1']);
        assert.deepEqual([slow?.requestId, slow?.reply?.outputs[0]?.floats], ['slow', FLOWER.floats]);
        answer = fakePredict;
      });

      it('reads no more than 256 unanswered requests ahead', async () => {
        const gate = Promise.withResolvers<undefined>();
        let reached = 0;
        answer = async (request) => {
          reached += 1;
          await gate.promise;
          return await fakePredict(request);
        };
        const stream = client.PredictStream();
        const replies = collect(stream, 400);
        for (let id = 0; id < 400; id += 1) stream.write({ model: 'iris', requestId: String(id) });
        stream.end();
        while (reached < 256) await new Promise(setImmediate);
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.equal(reached, 256);
        gate.resolve(undefined);
        assert.equal(new Set((await replies).map(({ requestId }) => requestId)).size, 400);
        answer = fakePredict;
      });
    });
  });
}

/** A request line that gives up when nobody waits any more. */
async function untilAborted({ signal }: PredictRequest): Promise<never> {
  while (!signal.aborted) await new Promise(setImmediate);
  throw new ServerError('cancelled', 'nobody waits');
}

/** The replies of a stream that must end well. */
function collect(
  stream: ClientDuplexStream<WireRequest, PredictStreamReply__Output>,
  count: number,
): Promise<PredictStreamReply__Output[]> {
  const replies: PredictStreamReply__Output[] = [];
  return new Promise((resolve, reject) => {
    stream.on('data', (reply: PredictStreamReply__Output) => replies.push(reply));
    stream.on('error', reject);
    stream.on('end', () => {
      if (replies.length === count) resolve(replies);
      else reject(new Error(`${replies.length} replies instead of ${count}`));
    });
  });
}
