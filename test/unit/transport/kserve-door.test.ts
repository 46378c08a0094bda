/** inference.GRPCInferenceService through a real port; the official Python client checks more (test/conformance). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { PredictRequest } from '../../../src/domain/predict.ts';
import type { InferParameter__Output } from '../../../src/transport/gen/inference/InferParameter.ts';
import type { ModelInferRequest } from '../../../src/transport/gen/inference/ModelInferRequest.ts';
import type { ModelInferResponse__Output } from '../../../src/transport/gen/inference/ModelInferResponse.ts';
import type { ModelStreamInferResponse__Output } from '../../../src/transport/gen/inference/ModelStreamInferResponse.ts';
import type { RepositoryIndexResponse__Output } from '../../../src/transport/gen/inference/RepositoryIndexResponse.ts';
import { UNIMPLEMENTED } from '../../../src/transport/services/kserve-unimplemented.ts';
import {
  failure,
  type FakeDoor,
  fakePredict,
  kserveClient,
  once,
  openFakeDoor,
  TRANSPORTS,
  SOME_MODELS,
} from '../../support/fake-door.ts';

const SIXTEEN = Array.from({ length: 16 }, (_, index) => index);
const SIMPLE: ModelInferRequest = {
  modelName: 'simple',
  id: '42',
  inputs: [
    { name: 'INPUT0', datatype: 'INT32', shape: [1, 16], contents: { intContents: SIXTEEN } },
    { name: 'INPUT1', datatype: 'INT32', shape: [1, 16], contents: { intContents: SIXTEEN } },
  ],
};

for (const transport of TRANSPORTS) {
  describe(`the Open Inference Protocol on ${transport}`, () => {
    let fake: FakeDoor;
    let client: ReturnType<typeof kserveClient>;
    let seen: PredictRequest | undefined;

    before(async () => {
      fake = await openFakeDoor({
        transport,
        answer: (request) => {
          seen = request;
          return fakePredict(request);
        },
      });
      client = kserveClient(fake.target);
    });

    after(() => {
      client.close();
      fake.door.close();
    });

    const infer = (request: ModelInferRequest) =>
      once<ModelInferResponse__Output>((done) => client.ModelInfer(request, done));

    it('answers raw by default and typed when asked', async () => {
      const raw = await infer(SIMPLE);
      assert.deepEqual([raw.modelName, raw.modelVersion, raw.id], ['simple', '1', '42']);
      const [sum] = raw.rawOutputContents;
      assert.deepEqual(
        Array.from(new Int32Array(new Uint8Array(sum ?? []).buffer)),
        SIXTEEN.map((value) => value * 2),
      );
      const typed = await infer({ ...SIMPLE, parameters: { raw_output: { boolParam: false } } });
      assert.deepEqual(typed.rawOutputContents, []);
      assert.deepEqual(
        typed.outputs[0]?.contents?.intContents,
        SIXTEEN.map((value) => value * 2),
      );
    });

    it('a timeout parameter shortens the deadline, and a routing key goes along', async () => {
      await infer({ ...SIMPLE, parameters: { timeout: { int64Param: 2_000_000 }, routing_key: { stringParam: 'k' } } });
      assert(seen);
      assert.equal(seen.deadline, seen.receivedAt + 2000);
      assert.equal(seen.routingKey, 'k');
    });

    it('tells epoch, arm and prediction id as parameters, in streams too, and takes aliases as versions', async () => {
      const told = {
        epoch: ['int64Param', 7],
        arm: ['stringParam', 'canary'],
        prediction_id: ['stringParam', 'signed'],
      };
      const reply = await infer({ ...SIMPLE, modelVersion: 'alias:champion' });
      assert.deepEqual(plain(reply.parameters), told);
      assert.equal(seen?.version, 'alias:champion');
      const stream = client.ModelStreamInfer();
      const streamed = new Promise<ModelStreamInferResponse__Output>((resolve) => stream.on('data', resolve));
      stream.write(SIMPLE);
      stream.end();
      const { inferResponse } = await streamed;
      const last = { triton_final_response: ['boolParam', true] };
      assert.deepEqual(plain(inferResponse?.parameters ?? {}), { ...told, ...last });
    });

    it('an alias is ready when its version is', async () => {
      const ready = (version: string) =>
        once<{ ready: boolean }>((done) => client.ModelReady({ name: 'iris', version }, done));
      const answers = await Promise.all(['alias:champion', 'alias:none', '3'].map(ready));
      assert.deepEqual(
        answers.map((answer) => answer.ready),
        [true, false, false],
      );
    });

    it('refuses raw contents that do not go with the inputs', async () => {
      const inputs = [{ name: 'INPUT0', datatype: 'INT32', shape: [1] }];
      const tooMany = { modelName: 'simple', inputs, rawInputContents: [Buffer.alloc(4), Buffer.alloc(4)] };
      assert.match((await failure(infer(tooMany))).details, /^expected 1 raw_input_contents.*but got 2$/);
      const tooFew = { modelName: 'simple', inputs: [...inputs, ...inputs], rawInputContents: [Buffer.alloc(4)] };
      const { code, details } = await failure(infer(tooFew));
      assert.equal(code, status.INVALID_ARGUMENT);
      assert.match(details, /^unable to find data for input tensor 'INPUT0' for model 'simple' in request\./);
    });

    it('a stream tells errors with the id of the request and goes on', async () => {
      const stream = client.ModelStreamInfer();
      const replies: ModelStreamInferResponse__Output[] = [];
      stream.on('data', (reply: ModelStreamInferResponse__Output) => replies.push(reply));
      stream.write({ ...SIMPLE, id: '1' });
      stream.write({ ...SIMPLE, id: '2', modelName: 'nope' });
      stream.write({ ...SIMPLE, id: '3' });
      stream.end();
      await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
      const told = replies.map(({ errorMessage, inferResponse }) => [inferResponse?.id, errorMessage]);
      assert.deepEqual(told.sort(), [
        ['1', ''],
        ['2', "Request for unknown model: 'nope' is not found"],
        ['3', ''],
      ]);
      const good = replies.find(({ errorMessage }) => errorMessage === '');
      assert.equal(good?.inferResponse?.parameters.triton_final_response?.boolParam, true);
    });

    it('the server is not ready while the catalog settles', async () => {
      const ready = () => once<{ ready: boolean }>((done) => client.ServerReady({}, done));
      assert.equal((await ready()).ready, true);
      fake.catalog.replace(SOME_MODELS, false);
      assert.equal((await ready()).ready, false);
      fake.catalog.replace(SOME_MODELS);
    });

    it('the index maps states to those of Triton, and can be filtered', async () => {
      const index = (ready: boolean) =>
        once<RepositoryIndexResponse__Output>((done) => client.RepositoryIndex({ ready }, done));
      const iris = (await index(false)).models.filter(({ name }) => name === 'iris');
      assert.deepEqual(
        iris.map(({ version, state, reason }) => [version, state, reason]),
        [
          ['1', 'READY', ''],
          ['2', 'UNAVAILABLE', 'model.onnx is cut short'],
          ['3', 'LOADING', ''],
        ],
      );
      assert.deepEqual(new Set((await index(true)).models.map(({ state }) => state)), new Set(['READY']));
    });

    it('metadata of a version that is not ready is UNAVAILABLE, with its state', async () => {
      const { code, details } = await failure(
        once((done) => client.ModelMetadata({ name: 'iris', version: '3' }, done)),
      );
      assert.equal(code, status.UNAVAILABLE);
      assert.equal(details, "Request for unknown model: 'iris' version 3 is not at ready state: it is loading");
    });

    it('what is not done says so', async () => {
      for (const [name, sentence] of UNIMPLEMENTED) {
        const call = once((done) =>
          client.makeUnaryRequest(`/inference.GRPCInferenceService/${name}`, () => Buffer.alloc(0), String, '', done),
        );
        const { code, details } = await failure(call);
        assert.deepEqual([code, details], [status.UNIMPLEMENTED, `${name} is not supported: ${sentence}`]);
      }
    });

    it('fifty megabytes of text go and come', async () => {
      const text = 'x'.repeat(50 * 1024 * 1024);
      const contents = { bytesContents: [Buffer.from(text)] };
      const inputs = [{ name: 'INPUT0', datatype: 'BYTES', shape: [1, 1], contents }];
      const reply = await infer({ modelName: 'string_identity', inputs });
      assert.equal(reply.rawOutputContents[0]?.length, text.length + 4);
    });
  });
}

/** The field that is set and its value, by name. */
function plain(parameters: Readonly<Record<string, InferParameter__Output>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { parameterChoice: field, ...values }]) => {
      const value = field === undefined ? undefined : values[field];
      return [name, [field, typeof value === 'object' ? value.toNumber() : value]];
    }),
  );
}
