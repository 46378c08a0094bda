/** Any tensor arrives the same, however it was sent, and nothing that is sent can do more than be refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Datatype, DATATYPES, ELEMENT_BYTES } from '../../../src/domain/datatype.ts';
import { ServerError } from '../../../src/domain/errors.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import type { Call } from '../../../src/transport/call.ts';
import { parseInfer } from '../../../src/transport/codec/infer-codec.ts';
import { readInfer } from '../../../src/transport/codec/infer-message.ts';
import { formatInfer } from '../../../src/transport/codec/infer-reply.ts';
import { parsePredict } from '../../../src/transport/codec/predict-codec.ts';
import { readPredict } from '../../../src/transport/codec/predict-message.ts';
import { formatPredict } from '../../../src/transport/codec/predict-reply.ts';
import { ANSWERED, schema } from '../../support/fake-door.ts';

const call: Call = {
  method: 'sluice.v1.PredictService/Predict',
  receivedAt: 1000,
  deadline: Infinity,
  signal: { aborted: false },
  traceparent: undefined,
  routingKey: '',
  certificateNames: [],
  header: () => undefined,
};

const predict = schema.sluice.v1.PredictService.service.Predict;
const infer = schema.inference.GRPCInferenceService.service.ModelInfer;

/** What parsePredict makes of a message that went over the wire. */
function arrives(message: Parameters<typeof predict.requestSerialize>[0]): Tensor[] {
  const bytes = predict.requestSerialize({ model: 'm', ...message });
  return parsePredict(readPredict(bytes), call).request.inputs.map(plain);
}

function infers(message: Parameters<typeof infer.requestSerialize>[0]): Tensor[] {
  const bytes = infer.requestSerialize({ modelName: 'm', ...message });
  return parseInfer(readInfer(bytes), call).request.inputs.map(plain);
}

/** Views and copies compare equal. */
function plain(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data instanceof Uint8Array ? new Uint8Array(tensor.data) : [...tensor.data] };
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert(error instanceof ServerError, String(error));
    return `${error.code}: ${error.message}`;
  }
  throw new Error('it was taken');
}

const tensors: fc.Arbitrary<Tensor> = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 8 }),
    datatype: fc.constantFrom(...DATATYPES),
    shape: fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
  })
  .chain(({ name, datatype, shape }) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    return elements(datatype, count).map((data) => ({ name, datatype, shape, data }));
  });

function elements(datatype: Datatype, count: number): fc.Arbitrary<Tensor['data']> {
  const exactly = { minLength: count, maxLength: count };
  if (datatype === 'BYTES') return fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), exactly);
  if (datatype === 'BOOL') return fc.array(fc.nat({ max: 1 }), exactly).map((bytes) => Uint8Array.from(bytes));
  if (datatype === 'FP32') return fc.array(fc.float({ noNaN: true }), exactly).map((v) => bytesOf(new Float32Array(v)));
  if (datatype === 'FP64') {
    return fc.array(fc.double({ noNaN: true }), exactly).map((v) => bytesOf(new Float64Array(v)));
  }
  const bytes = count * ELEMENT_BYTES[datatype];
  return fc.uint8Array({ minLength: bytes, maxLength: bytes });
}

function bytesOf(array: ArrayBufferView<ArrayBuffer>): Uint8Array {
  return new Uint8Array(array.buffer);
}

describe('tensors over the wire', () => {
  it('a tensor of any type comes back as it went, raw and typed, in both protocols', () => {
    fc.assert(
      fc.property(tensors, (tensor) => {
        const reply = { model: 'm', version: '1', outputs: [tensor], timings, ...ANSWERED };
        for (const raw of [true, false]) {
          const sent = Buffer.concat(formatPredict({ requestId: '', raw }, reply));
          const { outputs } = predict.responseDeserialize(sent);
          assert.deepEqual(arrives({ inputs: outputs }), [tensor]);
        }
        for (const rawOutput of [true, false]) {
          const sent = Buffer.concat(formatInfer({ id: '', rawOutput }, reply));
          const { outputs, rawOutputContents } = infer.responseDeserialize(sent);
          assert.equal(rawOutputContents.length > 0, rawOutput || tensor.datatype === 'FP16');
          assert.deepEqual(infers({ inputs: outputs, rawInputContents: rawOutputContents }), [tensor]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('typed values without a datatype take the one that their field means', () => {
    const shape = [1];
    const types = arrives({
      inputs: [
        { name: 'a', shape, floats: [1] },
        { name: 'b', shape, doubles: [1] },
        { name: 'c', shape, ints: [1] },
        { name: 'd', shape, int64s: [1] },
        { name: 'e', shape, uints: [1] },
        { name: 'f', shape, uint64s: [1] },
        { name: 'g', shape, bools: [true] },
        { name: 'h', shape, strings: ['x'] },
      ],
    }).map(({ datatype }) => datatype);
    assert.deepEqual(types, ['FP32', 'FP64', 'INT32', 'INT64', 'UINT32', 'UINT64', 'BOOL', 'BYTES']);
  });

  it('a shape may have 64 dimensions', () => {
    const shape = new Array<number>(64).fill(1);
    assert.deepEqual(arrives({ inputs: [{ name: 'x', shape, floats: [1] }] })[0]?.shape, shape);
  });

  it('the ends of the 64-bit ranges arrive exactly', () => {
    const inputs = [
      { name: 'a', shape: [2], int64s: ['-9223372036854775808', '9223372036854775807'] },
      { name: 'b', shape: [1], uint64s: ['18446744073709551615'] },
    ];
    assert.deepEqual(
      arrives({ inputs }).map(({ data }) => data),
      [bytesOf(new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n])), bytesOf(new BigUint64Array([2n ** 64n - 1n]))],
    );
  });

  it('raw bytes and packed floats are views of the message where they are many, and else keep none of it', () => {
    for (const [count, viewed] of [
      [64 / 4, false],
      [64 / 4 + 1, true],
    ] as const) {
      const floats = new Array<number>(count).fill(1.5);
      const raw = Buffer.from(new Float32Array(floats).buffer);
      const message = predict.requestSerialize({ inputs: [{ floats }, { raw }] });
      const [typed, bytes] = readPredict(message).inputs;
      assert.equal(typed?.numbers?.bytes.buffer === message.buffer, viewed);
      assert.equal(bytes?.raw.buffer === message.buffer, viewed);
    }
  });

  it('a string with a byte order mark keeps it', () => {
    const inputs = [
      { name: 'x', datatype: 'BYTES', shape: [1], raw: Buffer.from([6, 0, 0, 0, 0xef, 0xbb, 0xbf, 97, 98, 99]) },
    ];
    assert.deepEqual(arrives({ inputs })[0]?.data, ['\uFEFFabc']);
  });
});

describe('what is wrong with a tensor is said with its name, what came and what was expected', () => {
  const input = (fields: object) => () => arrives({ inputs: [{ name: 'x', ...fields }] });
  const cases: [string, () => unknown, string][] = [
    [
      'a negative dimension',
      input({ shape: [2, -1], floats: [1, 2] }),
      "invalid_argument: input 'x' has dimension -1 in shape [2,-1]; send the actual size, 0 or more",
    ],
    [
      'a product beyond 2^53',
      input({ datatype: 'FP32', shape: [2 ** 40, 0, 2 ** 40] }),
      "invalid_argument: input 'x' has shape [1099511627776,0,1099511627776], whose product is beyond 2^53; send the actual sizes",
    ],
    [
      'too many dimensions',
      input({ floats: [1], shape: new Array<number>(65).fill(1) }),
      "invalid_argument: input 'x' has 65 dimensions; at most 64 are taken",
    ],
    [
      'an unknown datatype',
      input({ datatype: 'TYPE_FP32', shape: [1], floats: [1] }),
      `invalid_argument: input 'x' has datatype 'TYPE_FP32', which is not known; use one of ${DATATYPES.join(', ')}`,
    ],
    [
      'no datatype for raw bytes',
      input({ shape: [1], raw: Buffer.alloc(4) }),
      `invalid_argument: input 'x' has no datatype; use one of ${DATATYPES.join(', ')}`,
    ],
    [
      'raw and typed at once',
      input({ shape: [1], floats: [1], raw: Buffer.alloc(4) }),
      "invalid_argument: input 'x' has values in raw and in floats; use one field",
    ],
    [
      'two typed fields',
      input({ shape: [1], floats: [1], ints: [1] }),
      "invalid_argument: input 'x' has values in floats and ints; use one field",
    ],
    [
      'the wrong typed field',
      input({ datatype: 'INT64', shape: [1], ints: [1] }),
      "invalid_argument: input 'x' is INT64 but has values in ints; its values belong in int64s",
    ],
    [
      'typed FP16',
      input({ datatype: 'FP16', shape: [1], floats: [1] }),
      "invalid_argument: input 'x' is FP16 but has values in floats; send its bytes raw",
    ],
    [
      'too few bytes',
      input({ datatype: 'FP32', shape: [2, 4], raw: Buffer.alloc(40) }),
      "invalid_argument: input byte size mismatch for input 'x' for model 'm'. Expected 32, got 40 (FP32 [2,4])",
    ],
    [
      'too many values',
      input({ shape: [1, 2], floats: [1, 2, 3] }),
      "invalid_argument: input 'x' has 3 values, but its shape [1,2] asks for 2",
    ],
    [
      'no shape',
      input({ floats: [1, 2, 3] }),
      "invalid_argument: input 'x' has no shape, which means one value, but holds 3; add its shape, such as [1,3]",
    ],
    [
      'no values',
      input({ datatype: 'FP32', shape: [2] }),
      "invalid_argument: unable to find data for input tensor 'x' for model 'm' in request. Its shape [2] asks for 2 values",
    ],
    [
      'a value beyond INT8',
      input({ datatype: 'INT8', shape: [2], ints: [1, 128] }),
      "invalid_argument: element 1 of input 'x' is 128; INT8 holds -128 to 127",
    ],
    [
      'a BOOL that is neither',
      input({ datatype: 'BOOL', shape: [2], raw: Buffer.of(1, 2) }),
      "invalid_argument: input 'x' has byte 2 at element 1; BOOL is 0 or 1",
    ],
    [
      'text that is not UTF-8',
      input({ datatype: 'BYTES', shape: [1], raw: Buffer.of(1, 0, 0, 0, 0xff) }),
      "invalid_argument: element 0 of BYTES input 'x' is not UTF-8 text; encode it, as base64 for example",
    ],
    [
      'a cut string',
      input({ datatype: 'BYTES', shape: [1], raw: Buffer.of(9, 0, 0, 0, 65) }),
      "invalid_argument: incomplete string data for inference input 'x', expecting string of length 9 but only 1 bytes available",
    ],
    [
      'a cut length',
      input({ datatype: 'BYTES', shape: [1], raw: Buffer.of(9, 0) }),
      "invalid_argument: incomplete string length indicator for inference input 'x', expecting 4 bytes but only 2 bytes available",
    ],
    [
      'too few strings',
      input({ datatype: 'BYTES', shape: [2], raw: Buffer.of(1, 0, 0, 0, 65) }),
      "invalid_argument: unexpected number of string elements 1 for inference input 'x', expecting 2, the product of its shape",
    ],
    [
      'an input named twice',
      () =>
        arrives({
          inputs: [
            { name: 'x', shape: [1], floats: [1] },
            { name: 'x', shape: [1], floats: [1] },
          ],
        }),
      "invalid_argument: input 'x' already exists in request; name it once",
    ],
    [
      'no model',
      () => arrives({ model: '' }),
      'invalid_argument: the request names no model; set the name of one that ListModels lists',
    ],
  ];
  for (const [name, act, message] of cases) it(name, () => assert.equal(refusal(act), message));

  it('a name of a megabyte is cut in the message', () => {
    const name = 'n'.repeat(1_000_000);
    assert(refusal(() => arrives({ inputs: [{ name, shape: [1], floats: [1, 2] }] })).length < 300);
  });

  it('random bytes as a message or as BYTES are refused at worst', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 5 }), (raw, count) => {
        const inputs = [{ name: 'x', datatype: 'BYTES', shape: [count], raw: Buffer.from(raw) }];
        try {
          assert.equal(arrives({ inputs })[0]?.data.length, count);
        } catch (error) {
          assert(error instanceof ServerError && error.code === 'invalid_argument', String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

const timings = { queueMs: 0, hopMs: 0, computeMs: 0, batchRows: 1 };
