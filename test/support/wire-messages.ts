/** Random messages of the hot methods as bytes, in every form that the wire format allows, and what is in them. */
import fc from 'fast-check';
import type { InferMessage } from '../../src/transport/codec/infer-message.ts';
import type { Parameter } from '../../src/transport/codec/infer-parameters.ts';
import type { PredictMessage } from '../../src/transport/codec/predict-message.ts';
import type { TensorMessage } from '../../src/transport/codec/tensor-message.ts';
import type { InferParameter__Output } from '../../src/transport/gen/inference/InferParameter.ts';
import type { ModelInferRequest__Output } from '../../src/transport/gen/inference/ModelInferRequest.ts';
import type { PredictRequest__Output } from '../../src/transport/gen/sluice/v1/PredictRequest.ts';

type Bytes = fc.Arbitrary<Buffer>;

const [VARINT, FIXED_64, SIZED, GROUP, GROUP_END, FIXED_32] = [0, 1, 2, 3, 4, 5] as const;

/** The number in seven bits a byte, `bytes` of them if that is more than it needs. */
export function varint(value: bigint | number, bytes = 1): Buffer {
  const digits: number[] = [];
  for (let left = BigInt.asUintN(64, BigInt(value)); left > 0n || digits.length < bytes; left >>= 7n) {
    digits.push(Number(left & 0x7fn));
  }
  return Buffer.from(digits.map((digit, index) => (index < digits.length - 1 ? digit | 0x80 : digit)));
}

export function sized(field: number, ...content: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat(content);
  return Buffer.concat([varint((field << 3) | SIZED), varint(bytes.length), bytes]);
}

/** Some writers pad their numbers. */
const tag = (field: number, wireType: number): Bytes =>
  fc.constantFrom(1, 1, 1, 3, 5).map((bytes) => varint(field * 8 + wireType, bytes));

const number = (value: fc.Arbitrary<bigint>): Bytes =>
  fc.tuple(value, fc.constantFrom(1, 1, 1, 10)).map(([chosen, bytes]) => varint(chosen, bytes));

const int32s = number(fc.oneof(fc.constantFrom(0n, 1n, -1n, 127n, 128n), fc.bigInt(-(2n ** 31n), 2n ** 32n - 1n)));
const int64s = number(fc.oneof(fc.constantFrom(0n, 1n, -1n, 127n, 128n), fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n)));
const bools = number(fc.constantFrom(0n, 1n, 2n));
const fixed32 = bytesOf(4);
const fixed64 = bytesOf(8);

function bytesOf(length: number): Bytes {
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes));
}

const anyBytes: Bytes = fc.uint8Array({ maxLength: 90 }).map((bytes) => Buffer.from(bytes));

/** Most is text; some is not UTF-8. */
const text: Bytes = fc.oneof(
  { weight: 5, arbitrary: fc.string({ maxLength: 12 }).map((chosen) => Buffer.from(chosen)) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }).map((chosen) => Buffer.from(chosen)) },
  { weight: 1, arbitrary: anyBytes },
);

const datatype = fc.constantFrom('FP32', 'INT64', 'BYTES', '', 'FP31').map((chosen) => Buffer.from(chosen));

function one(field: number, wireType: number, value: Bytes): Bytes {
  return fc.tuple(tag(field, wireType), value).map((parts) => Buffer.concat(parts));
}

function inside(field: number, content: Bytes): Bytes {
  return fc
    .tuple(tag(field, SIZED), content)
    .map(([head, bytes]) => Buffer.concat([head, varint(bytes.length), bytes]));
}

function many(content: Bytes, maxLength: number): Bytes {
  return fc.array(content, { maxLength }).map((parts) => Buffer.concat(parts));
}

/** A field of numbers, packed in part. */
function numbers(field: number, wireType: number, value: Bytes): Bytes {
  return fc.oneof(one(field, wireType, value), inside(field, many(value, 20)));
}

/** Fields that no version of the protocol has, groups among them. */
const unknown: Bytes = fc.integer({ min: 100, max: 2 ** 29 - 1 }).chain((field) =>
  fc.oneof(
    one(field, VARINT, int64s),
    one(field, FIXED_64, fixed64),
    inside(field, anyBytes),
    one(field, FIXED_32, fixed32),
    fc
      .tuple(int32s, fixed64)
      .map(([low, wide]) =>
        Buffer.concat([
          varint(field * 8 + GROUP),
          varint(8),
          low,
          varint(17),
          wide,
          varint((field - 1) * 8 + GROUP),
          varint((field - 1) * 8 + GROUP_END),
          varint(field * 8 + GROUP_END),
        ]),
      ),
  ),
);

/** Fields in any order, each any number of times. */
function fields(maxLength: number, ...known: readonly Bytes[]): Bytes {
  const arbitrary = fc.oneof(...known);
  return many(fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: unknown }), maxLength);
}

const sluiceTensor = fields(
  8,
  inside(1, text),
  inside(2, datatype),
  numbers(3, VARINT, int64s),
  numbers(4, FIXED_32, fixed32),
  numbers(5, FIXED_64, fixed64),
  numbers(6, VARINT, int32s),
  numbers(7, VARINT, int64s),
  numbers(8, VARINT, int32s),
  numbers(9, VARINT, int64s),
  numbers(10, VARINT, bools),
  inside(11, text),
  inside(12, anyBytes),
);

export const predictBytes: Bytes = fields(
  10,
  inside(1, text),
  inside(2, text),
  inside(3, sluiceTensor),
  inside(3, sluiceTensor),
  inside(4, text),
  inside(5, text),
  inside(6, text),
  one(7, VARINT, bools),
);

const parameter = fields(
  3,
  one(1, VARINT, bools),
  one(2, VARINT, int64s),
  inside(3, text),
  one(4, FIXED_64, fixed64),
  one(5, VARINT, int64s),
);

/** An entry of a map; its value is always there, since protobufjs takes no other. */
function entry(field: number): Bytes {
  const key = inside(1, text);
  const value = inside(2, parameter);
  const content = fc.oneof(
    fc.tuple(key, value),
    fc.tuple(value, key),
    fc.tuple(value),
    fc.tuple(key, unknown, value, key, value),
  );
  return inside(
    field,
    content.map((parts) => Buffer.concat(parts)),
  );
}

const contents = fields(
  5,
  numbers(1, VARINT, bools),
  numbers(2, VARINT, int32s),
  numbers(3, VARINT, int64s),
  numbers(4, VARINT, int32s),
  numbers(5, VARINT, int64s),
  numbers(6, FIXED_32, fixed32),
  numbers(7, FIXED_64, fixed64),
  inside(8, text),
);

const inferInput = fields(
  6,
  inside(1, text),
  inside(2, datatype),
  numbers(3, VARINT, int64s),
  entry(4),
  inside(5, contents),
  inside(5, contents),
);

export const inferBytes: Bytes = fields(
  10,
  inside(1, text),
  inside(2, text),
  inside(3, text),
  entry(4),
  inside(5, inferInput),
  inside(5, inferInput),
  inside(6, fields(3, inside(1, text), entry(2))),
  inside(7, anyBytes),
);

/** Valid bytes with something done to them, or no message at all. */
export function broken(valid: Bytes): Bytes {
  const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const kind = fc.constantFrom('cut', 'set', 'drop', 'add');
  const damaged = fc
    .tuple(valid, fc.array(fc.tuple(kind, at, fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }))
    .map(([bytes, damages]) => damages.reduce((so, [what, where, byte]) => damage(so, what, where, byte), bytes));
  return fc.oneof({ weight: 6, arbitrary: damaged }, { weight: 1, arbitrary: anyBytes });
}

function damage(bytes: Buffer, what: string, where: number, byte: number): Buffer {
  const at = Math.floor(where * bytes.length);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
  if (what === 'cut') return head;
  if (what === 'drop') return Buffer.concat([head, tail]);
  if (what === 'set') return Buffer.concat([head, Buffer.of(byte), tail]);
  return Buffer.concat([head, Buffer.of(byte), bytes.subarray(at)]);
}

interface Halves {
  readonly low: number;
  readonly high: number;
}

const whole = ({ low, high }: Halves): bigint => (BigInt(high | 0) << 32n) | BigInt(low >>> 0);
const rounded = ({ low, high }: Halves): number => (high | 0) * 2 ** 32 + (low >>> 0);
const plainBytes = (bytes: Uint8Array): number[] => [...bytes];

const MAX_RANK = 64;

/** What our reader found in a tensor, in the words of sluice.v1. */
function oursOf(tensor: TensorMessage) {
  const values = (field: string): ArrayBuffer => {
    const all = [...(tensor.numbers === undefined ? [] : [tensor.numbers]), ...tensor.others];
    const found = all.find((elements) => elements.field === field);
    return new Uint8Array(found?.bytes ?? []).buffer;
  };
  return {
    name: tensor.name,
    datatype: tensor.datatype,
    rank: tensor.rank,
    shape: [...tensor.shape],
    floats: [...new Float32Array(values('floats'))],
    doubles: [...new Float64Array(values('doubles'))],
    ints: [...new Int32Array(values('ints'))],
    int64s: [...new BigInt64Array(values('int64s'))],
    uints: [...new Uint32Array(values('uints'))],
    uint64s: [...new BigInt64Array(values('uint64s'))],
    bools: [...new Uint8Array(values('bools'))],
    strings: [...tensor.texts],
  };
}

export function plainPredict(message: PredictMessage) {
  const { model, version, inputs, outputs, requestId, routingKey, rawOutputs } = message;
  const plain = inputs.map((input) => ({ ...oursOf(input), raw: plainBytes(input.raw) }));
  return { model, version, inputs: plain, outputs, requestId, routingKey, rawOutputs };
}

export function expectedPredict(wire: PredictRequest__Output) {
  return {
    ...wire,
    inputs: wire.inputs.map((input) => ({
      ...input,
      rank: input.shape.length,
      shape: input.shape.slice(0, MAX_RANK).map(rounded),
      int64s: input.int64s.map(whole),
      bools: input.bools.map(Number),
      uint64s: input.uint64s.map(whole),
      raw: plainBytes(input.raw),
    })),
  };
}

function plainParameters(parameters: Iterable<readonly [string, Parameter]>) {
  const plain = Array.from(parameters, ([key, { int64Param, uint64Param, ...rest }]) => [
    key,
    {
      ...rest,
      ...(int64Param === undefined ? {} : { int64Param: whole(int64Param) }),
      ...(uint64Param === undefined ? {} : { uint64Param: whole(uint64Param) }),
    },
  ]);
  return new Map(plain as [string, object][]);
}

function expectedParameters(parameters: Readonly<Record<string, InferParameter__Output>>) {
  return plainParameters(Object.entries(parameters).map(([key, { parameterChoice: _, ...rest }]) => [key, rest]));
}

export function plainInfer({ inputs, outputs, parameters, raws, ...rest }: InferMessage) {
  return {
    ...rest,
    parameters: plainParameters(parameters),
    inputs: inputs.map((input) => ({ ...oursOf(input), parameters: plainParameters(input.parameters) })),
    outputs: outputs.map((output) => ({ ...output, parameters: plainParameters(output.parameters) })),
    raws: raws.map(plainBytes),
  };
}

export function expectedInfer(wire: ModelInferRequest__Output) {
  return {
    model: wire.modelName,
    version: wire.modelVersion,
    id: wire.id,
    parameters: expectedParameters(wire.parameters),
    inputs: wire.inputs.map(({ name, datatype, shape, contents: values, parameters }) => ({
      name,
      datatype,
      rank: shape.length,
      shape: shape.slice(0, MAX_RANK).map(rounded),
      floats: values?.fp32Contents ?? [],
      doubles: values?.fp64Contents ?? [],
      ints: values?.intContents ?? [],
      int64s: values?.int64Contents.map(whole) ?? [],
      uints: values?.uintContents ?? [],
      uint64s: values?.uint64Contents.map(whole) ?? [],
      bools: values?.boolContents.map(Number) ?? [],
      strings: values?.bytesContents.map((bytes) => bytes.toString()) ?? [],
      parameters: expectedParameters(parameters),
    })),
    outputs: wire.outputs.map(({ name, parameters }) => ({ name, parameters: expectedParameters(parameters) })),
    raws: wire.rawInputContents.map(plainBytes),
  };
}
