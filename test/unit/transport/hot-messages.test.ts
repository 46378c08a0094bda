/** The hot methods' requests, read by hand, are what proto-loader reads: in every form that the wire allows. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readInfer } from '../../../src/transport/codec/infer-message.ts';
import { readPredict } from '../../../src/transport/codec/predict-message.ts';
import { schema } from '../../support/fake-door.ts';
import {
  expectedInfer,
  expectedPredict,
  inferBytes,
  plainInfer,
  plainPredict,
  predictBytes,
  sized,
  varint,
} from '../../support/wire-messages.ts';

const predict = schema.sluice.v1.PredictService.service.Predict;
const infer = schema.inference.GRPCInferenceService.service.ModelInfer;

const RUNS = { numRuns: 1500, seed: 20260101 };

describe('requests of the hot methods', () => {
  it('a PredictRequest is read as proto-loader reads it', () => {
    fc.assert(
      fc.property(predictBytes, (bytes) => {
        assert.deepEqual(plainPredict(readPredict(bytes)), expectedPredict(predict.requestDeserialize(bytes)));
      }),
      RUNS,
    );
  });

  it('a ModelInferRequest is read as proto-loader reads it', () => {
    fc.assert(
      fc.property(inferBytes, (bytes) => {
        assert.deepEqual(plainInfer(readInfer(bytes)), expectedInfer(infer.requestDeserialize(bytes)));
      }),
      RUNS,
    );
  });

  it('bytes that are no Buffer, at any offset, are read the same', () => {
    fc.assert(
      fc.property(predictBytes, fc.nat({ max: 7 }), (bytes, offset) => {
        const elsewhere = new Uint8Array(bytes.length + 16).subarray(offset, offset + bytes.length);
        elsewhere.set(bytes);
        assert.deepEqual(plainPredict(readPredict(elsewhere)), plainPredict(readPredict(bytes)));
      }),
      { ...RUNS, numRuns: 200 },
    );
  });

  it('a parameter without a value is one that sets nothing', () => {
    const { parameters } = readInfer(sized(4, sized(1, Buffer.from('timeout'))));
    assert.deepEqual(parameters, new Map([['timeout', {}]]));
  });

  it('a number of 6 to 9 bytes ends where it ends', () => {
    for (const bytes of [6, 7, 8, 9]) {
      const tensor = [varint(6 << 3), varint(3, bytes), varint(3 << 3), varint(5, bytes)];
      const [input] = plainPredict(readPredict(sized(3, ...tensor))).inputs;
      assert.deepEqual([input?.ints, input?.shape], [[3], [5]]);
    }
  });
});
