/** Makes the bytes of KServe v2 ModelInfer calls beforehand, and compares their answers. */
import { integers, nested, text } from './protobuf-writer.ts';
import { fillUniform } from './random.ts';

/** An FP32 input. */
export interface InferInput {
  readonly name: string;
  readonly shape: readonly number[];
}

export const MODEL_INFER = '/inference.GRPCInferenceService/ModelInfer';

/** A ModelInferRequest with one input of random values from 0 to 8, about what iris flowers measure. */
export function inferRequest(model: string, input: InferInput, random: () => number): Buffer {
  const values = new Float32Array(input.shape.reduce((product, size) => product * size, 1));
  fillUniform(values, { random, low: 0, high: 8 });
  return Buffer.concat([
    ...text(1, model),
    ...nested(5, text(1, input.name), text(2, 'FP32'), integers(3, input.shape)),
    ...nested(7, [Buffer.from(values.buffer)]),
  ]);
}

/** FP32 may differ by what a sum's order does to it. */
const TOLERANCE = 1e-4;

/** Whether two ModelInferResponses have the same raw outputs. */
export function sameOutputs(one: Buffer, other: Buffer): boolean {
  const [ones, others] = [readOutputs(one), readOutputs(other)];
  return ones.length > 0 && ones.length === others.length && ones.every((output, at) => same(output, others[at]));
}

interface Output {
  readonly datatype: string;
  readonly raw: Buffer;
}

function same(one: Output, other: Output | undefined): boolean {
  if (other?.datatype !== one.datatype || other.raw.byteLength !== one.raw.byteLength) return false;
  if (one.raw.equals(other.raw)) return true;
  if (one.datatype !== 'FP32') return false;
  for (let at = 0; at < one.raw.byteLength; at += 4) {
    const [a, b] = [one.raw.readFloatLE(at), other.raw.readFloatLE(at)];
    if (!(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a)))) return false;
  }
  return true;
}

function readOutputs(reply: Buffer): Output[] {
  const fields = readFields(reply);
  const datatypes = fields
    .filter(({ field }) => field === 5)
    .map(({ bytes }) =>
      readFields(bytes)
        .find(({ field }) => field === 2)
        ?.bytes.toString(),
    );
  const raws = fields.filter(({ field }) => field === 6);
  return raws.map(({ bytes: raw }, at) => ({ datatype: datatypes[at] ?? '', raw }));
}

/** The length-delimited fields of a message. */
function readFields(message: Buffer): { readonly field: number; readonly bytes: Buffer }[] {
  const fields: { field: number; bytes: Buffer }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = message.readUInt8(at);
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.byteLength) {
    const key = varint();
    const size = key % 8 === 0 ? varint() * 0 : ({ 1: 8, 5: 4 }[key % 8] ?? varint());
    if (key % 8 === 2) fields.push({ field: Math.floor(key / 8), bytes: message.subarray(at, at + size) });
    at += size;
  }
  return fields;
}
