/** Parameters of the Open Inference Protocol: what is honoured, what is refused, what is ignored. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServerError } from '../../../src/domain/errors.ts';
import type { Parameters } from '../../../src/transport/codec/infer-parameters.ts';
import { readInfer } from '../../../src/transport/codec/infer-message.ts';
import { checkTensorParameters, parseInferParameters } from '../../../src/transport/codec/infer-parameters.ts';
import { formatInfer } from '../../../src/transport/codec/infer-reply.ts';
import type { InferParameter } from '../../../src/transport/gen/inference/InferParameter.ts';
import { schema } from '../../support/fake-door.ts';

const { requestSerialize, responseDeserialize } = schema.inference.GRPCInferenceService.service.ModelInfer;

/** As they arrive. */
function parameters(given: Record<string, InferParameter>): Parameters {
  return readInfer(requestSerialize({ parameters: given })).parameters;
}

function refusal(given: Record<string, InferParameter>): string {
  try {
    parseInferParameters(parameters(given));
  } catch (error) {
    assert(error instanceof ServerError);
    return error.code;
  }
  return 'taken';
}

describe('request parameters', () => {
  it('timeout, routing_key and raw_output are honoured, and unknown ones ignored', () => {
    const given = {
      timeout: { int64Param: 1500 },
      routing_key: { stringParam: 'user-7' },
      raw_output: { boolParam: false },
      anything: { doubleParam: 1 },
      __proto__: { stringParam: 'x' },
    };
    assert.deepEqual(parseInferParameters(parameters(given)), {
      timeoutMs: 1.5,
      routingKey: 'user-7',
      rawOutput: false,
    });
  });

  it('a timeout of 0 is none', () => {
    assert.equal(parseInferParameters(parameters({ timeout: { uint64Param: 0 } })).timeoutMs, Infinity);
  });

  it('what cannot be done is refused rather than ignored', () => {
    assert.equal(refusal({ sequence_id: { int64Param: 7 } }), 'unimplemented');
    assert.equal(refusal({ sequence_id: { stringParam: 'seven' } }), 'unimplemented');
    assert.equal(refusal({ sequence_start: { boolParam: true } }), 'unimplemented');
    assert.equal(refusal({ priority: { uint64Param: 1 } }), 'unimplemented');
    assert.equal(refusal({ triton_something: { boolParam: true } }), 'invalid_argument');
  });

  it('values that mean nothing are taken, as clients send them unasked', () => {
    assert.equal(refusal({ sequence_id: { int64Param: 0 }, sequence_end: { boolParam: false } }), 'taken');
    assert.equal(refusal({ sequence_id: { stringParam: '' }, priority: { uint64Param: 0 } }), 'taken');
    assert.equal(refusal({ triton_enable_empty_final_response: { boolParam: true } }), 'taken');
  });

  it('a value of the wrong type is refused', () => {
    assert.equal(refusal({ timeout: { stringParam: '5' } }), 'invalid_argument');
    assert.equal(refusal({ timeout: { int64Param: -5 } }), 'invalid_argument');
    assert.equal(refusal({ routing_key: { int64Param: 5 } }), 'invalid_argument');
    assert.equal(refusal({ raw_output: { stringParam: 'no' } }), 'invalid_argument');
  });

  it('shared memory and classification of a tensor are refused', () => {
    const region = parameters({ shared_memory_region: { stringParam: 'r' } });
    assert.throws(() => {
      checkTensorParameters('input', 'x', region);
    }, /input 'x' is in shared memory, which this server does not share; send it inline/);
    assert.throws(() => {
      checkTensorParameters('output', 'y', parameters({ classification: { int64Param: 3 } }));
    }, /output 'y' asks for classification/);
  });
});

describe('reply parameters', () => {
  const reply = {
    model: 'm',
    version: '2',
    outputs: [],
    timings: { queueMs: 0, hopMs: 0, computeMs: 0, batchRows: 1 },
  };

  const said = (over: { epoch: number; arm: string; predictionId: string; failedOverFrom: string }) => {
    const parts = formatInfer({ id: '', rawOutput: true }, { ...reply, ...over });
    const { parameters } = responseDeserialize(Buffer.concat(parts));
    return Object.entries(parameters).map(([name, { int64Param, stringParam }]) => [
      name,
      int64Param?.toNumber() ?? stringParam,
    ]);
  };

  it('say who answered under which epoch, and who was to', () => {
    assert.deepEqual(said({ epoch: 2 ** 40, arm: 'stable', predictionId: 'id', failedOverFrom: '1' }), [
      ['epoch', 2 ** 40],
      ['arm', 'stable'],
      ['prediction_id', 'id'],
      ['failed_over_from', '1'],
    ]);
  });

  it('are silent on what there is not', () => {
    assert.deepEqual(said({ epoch: 0, arm: '', predictionId: '', failedOverFrom: '' }), []);
  });
});
