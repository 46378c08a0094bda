/** The hot methods' replies, written by hand, say what proto-loader's would, in as few parts as makes sense. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Datatype, DATATYPES, ELEMENT_BYTES } from '../../../src/domain/datatype.ts';
import type { PredictReply } from '../../../src/domain/predict.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import * as inferReply from '../../../src/transport/codec/infer-reply.ts';
import type { Parts } from '../../../src/transport/codec/parts.ts';
import * as predictReply from '../../../src/transport/codec/predict-reply.ts';
import { encodeByteStrings } from '../../../src/transport/codec/byte-strings.ts';
import { schema } from '../../support/fake-door.ts';

const { Predict, PredictStream } = schema.sluice.v1.PredictService.service;
const { ModelInfer, ModelStreamInfer } = schema.inference.GRPCInferenceService.service;

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ maxLength: 20 }), fc.constant(''));

const shapes: fc.Arbitrary<number[]> = fc.oneof(
  fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
  fc.constantFrom<number[]>([1], [1, 1], [130], [300], [2, 600], [20_000]),
);

/** Some are small, some long enough for a part of their own; all begin at an odd place, as rows of a batch may. */
const tensors: fc.Arbitrary<Tensor> = fc
  .record({
    name: text,
    datatype: fc.constantFrom(...DATATYPES),
    shape: shapes,
    seed: fc.nat(),
  })
  .map(({ name, datatype, shape, seed }) => ({
    name,
    datatype,
    shape,
    data: values(
      datatype,
      shape.reduce((product, dim) => product * dim, 1),
      seed,
    ),
  }));

function values(datatype: Datatype, count: number, seed: number): Tensor['data'] {
  const random = (index: number): number => Math.imul(seed + index, 2_654_435_761) >>> 24;
  if (datatype === 'BYTES') return Array.from({ length: count }, (_, index) => 'aé€𝄞'.repeat(random(index) % 3));
  const width = ELEMENT_BYTES[datatype];
  const bytes = new Uint8Array(count * width + 3).subarray(3);
  if (datatype === 'FP32' || datatype === 'FP64') return withoutNaN(bytes.map((_, index) => random(index)));
  // Numbers of every length and either sign, so that varints of every length occur.
  for (let at = 0; at < bytes.length; at += width) {
    const bit = random(at) % (8 * width);
    const filler = random(at + 1) % 2 === 0 ? 0 : 255;
    bytes.fill(filler, at + (bit >> 3), at + width);
    bytes[at + (bit >> 3)] = filler ^ (1 << (bit & 7));
  }
  return bytes;
}

/** JavaScript does not keep a NaN's bits, which proto-loader passes through it. */
function withoutNaN(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => (index % 4 === 3 ? byte & 0x3f : byte));
}

const millis = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true }));

const replies: fc.Arbitrary<PredictReply> = fc.record({
  model: text,
  version: text,
  outputs: fc.array(tensors, { maxLength: 4 }),
  timings: fc.record({ queueMs: millis, hopMs: millis, computeMs: millis, batchRows: fc.nat({ max: 2 ** 20 }) }),
  epoch: fc.oneof(fc.constant(0), fc.nat({ max: 200 }), fc.maxSafeNat()),
  arm: text,
  predictionId: text,
  failedOverFrom: text,
});

/** The typed field of each datatype in both protocols, and how to read the memory that it comes from. */
const TYPED = {
  BOOL: ['bools', 'boolContents', (b: ArrayBuffer) => [...new Uint8Array(b)].map(Boolean)],
  UINT8: ['uints', 'uintContents', (b: ArrayBuffer) => [...new Uint8Array(b)]],
  UINT16: ['uints', 'uintContents', (b: ArrayBuffer) => [...new Uint16Array(b)]],
  UINT32: ['uints', 'uintContents', (b: ArrayBuffer) => [...new Uint32Array(b)]],
  UINT64: ['uint64s', 'uint64Contents', (b: ArrayBuffer) => Array.from(new BigUint64Array(b), String)],
  INT8: ['ints', 'intContents', (b: ArrayBuffer) => [...new Int8Array(b)]],
  INT16: ['ints', 'intContents', (b: ArrayBuffer) => [...new Int16Array(b)]],
  INT32: ['ints', 'intContents', (b: ArrayBuffer) => [...new Int32Array(b)]],
  INT64: ['int64s', 'int64Contents', (b: ArrayBuffer) => Array.from(new BigInt64Array(b), String)],
  FP32: ['floats', 'fp32Contents', (b: ArrayBuffer) => [...new Float32Array(b)]],
  FP64: ['doubles', 'fp64Contents', (b: ArrayBuffer) => [...new Float64Array(b)]],
} as const;

function rawOf({ data }: Tensor): Uint8Array {
  return data instanceof Uint8Array ? data : encodeByteStrings(data);
}

function typed({ datatype, data }: Tensor, protocol: 0 | 1): object {
  if (!(data instanceof Uint8Array)) {
    return protocol === 0 ? { strings: [...data] } : { bytesContents: data.map((element) => Buffer.from(element)) };
  }
  if (datatype === 'FP16' || datatype === 'BYTES') return { raw: data };
  const [sluice, inference, read] = TYPED[datatype];
  return { [protocol === 0 ? sluice : inference]: read(new Uint8Array(data).buffer) };
}

function sluiceObject(reply: PredictReply, requestId: string, raw: boolean) {
  const outputs = reply.outputs.map((output) => ({
    name: output.name,
    datatype: output.datatype,
    shape: [...output.shape],
    ...(raw ? { raw: rawOf(output) } : typed(output, 0)),
  }));
  return { ...reply, requestId, outputs };
}

function inferenceObject(reply: PredictReply, id: string, rawOutput: boolean) {
  const raw = rawOutput || reply.outputs.some(({ datatype }) => datatype === 'FP16');
  const outputs = reply.outputs.map((output) => ({
    name: output.name,
    datatype: output.datatype,
    shape: [...output.shape],
    ...(raw ? {} : { contents: typed(output, 1) }),
  }));
  const said = { arm: reply.arm, prediction_id: reply.predictionId, failed_over_from: reply.failedOverFrom };
  const texts = Object.entries(said).filter(([, value]) => value !== '');
  return {
    modelName: reply.model,
    modelVersion: reply.version,
    id,
    parameters: {
      ...(reply.epoch > 0 ? { epoch: { int64Param: reply.epoch } } : {}),
      ...Object.fromEntries(texts.map(([key, stringParam]) => [key, { stringParam }])),
    },
    outputs,
    rawOutputContents: raw ? reply.outputs.map(rawOf) : [],
  };
}

/** Both decoded by proto-loader, whose own encoding is the yardstick. */
function assertSame<Reply>(
  method: { responseSerialize: (reply: Reply) => Buffer; responseDeserialize: (bytes: Buffer) => unknown },
  parts: Parts,
  expected: Reply,
): void {
  const decoded = method.responseDeserialize(Buffer.concat(parts));
  assert.deepEqual(decoded, method.responseDeserialize(method.responseSerialize(expected)));
}

const RUNS = { numRuns: 150, seed: 20260103 };

describe('replies of the hot methods', () => {
  it('a PredictReply says what proto-loader would say, in a stream too', () => {
    fc.assert(
      fc.property(replies, text, fc.boolean(), (reply, requestId, raw) => {
        const object = sluiceObject(reply, requestId, raw);
        assertSame(Predict, predictReply.formatPredict({ requestId, raw }, reply), object);
        const streamed = predictReply.formatStreamed({ requestId, raw }, reply);
        assertSame(PredictStream, streamed, { requestId, reply: object });
      }),
      RUNS,
    );
  });

  it('a ModelInferResponse says what proto-loader would say, in a stream too', () => {
    fc.assert(
      fc.property(replies, text, fc.boolean(), (reply, id, rawOutput) => {
        const object = inferenceObject(reply, id, rawOutput);
        assertSame(ModelInfer, inferReply.formatInfer({ id, rawOutput }, reply), object);
        const parameters = { ...object.parameters, triton_final_response: { boolParam: true } };
        const streamed = inferReply.formatStreamed({ id, rawOutput }, reply);
        assertSame(ModelStreamInfer, streamed, { inferResponse: { ...object, parameters } });
      }),
      RUNS,
    );
  });

  it('so do the refusals of a stream', () => {
    fc.assert(
      fc.property(text, text, fc.nat({ max: 16 }), (id, message, code) => {
        const error = { code, message };
        assertSame(PredictStream, predictReply.formatRequestError(id, error), { requestId: id, error });
        const refused = { errorMessage: message, inferResponse: { id } };
        assertSame(ModelStreamInfer, inferReply.formatRequestError(id, error), refused);
      }),
      RUNS,
    );
  });

  it('small outputs go into the one part of the reply, large ones are parts as they are', () => {
    const smallest = (length: number): Tensor => ({
      name: 'y',
      datatype: 'FP32',
      shape: [length / 4],
      data: new Uint8Array(length),
    });
    const reply = { ...EMPTY, outputs: [smallest(16), smallest(1020)] };
    assert.equal(predictReply.formatPredict({ requestId: 'a', raw: false }, reply).length, 1);
    assert.equal(inferReply.formatInfer({ id: 'a', rawOutput: true }, reply).length, 1);
    const large = smallest(1024);
    for (const raw of [false, true]) {
      const parts = predictReply.formatPredict({ requestId: 'a', raw }, { ...EMPTY, outputs: [smallest(16), large] });
      assert.deepEqual([parts.length, parts[1] === large.data], [3, true]);
    }
  });

  it('negative numbers are widened to 64 bits, as every writer does', () => {
    const y: Tensor = { name: 'y', datatype: 'INT8', shape: [1], data: Uint8Array.of(0xff) };
    const [part] = predictReply.formatPredict({ requestId: '', raw: false }, { ...EMPTY, outputs: [y] });
    const field = Buffer.from([0x32, 10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
    assert(Buffer.from(part ?? []).includes(field));
  });

  it('no reply shares bytes with another, however many are written', () => {
    const form = { requestId: '', raw: false };
    const kept = Array.from({ length: 2000 }, (_, index) => {
      const model = `model ${index} `.repeat(1 + (index % 9));
      return { model, parts: predictReply.formatPredict(form, { ...EMPTY, model }) };
    });
    for (const { model, parts } of kept) {
      assert.equal(parts.length, 1);
      assert.equal(Predict.responseDeserialize(Buffer.concat(parts)).model, model);
    }
  });
});

const EMPTY: PredictReply = {
  model: 'm',
  version: '1',
  outputs: [],
  timings: { queueMs: 0, hopMs: 0, computeMs: 0, batchRows: 1 },
  epoch: 0,
  arm: '',
  predictionId: '',
  failedOverFrom: '',
};
