/** Turns a tensor that was written as JSON into the little-endian bytes that travel through the server. */
import { isJsonObject, showJson } from '../config/json.ts';
import { DATATYPES, ELEMENT_BYTES, isDatatype } from '../domain/datatype.ts';
import type { Datatype } from '../domain/datatype.ts';
import { elementCount } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';

/** Writes one element, or says what may stand there. */
type Write = (view: DataView, at: number, value: unknown) => string | undefined;

/**
 * `{"datatype": "FP32", "shape": [1, 2], "data": [0.5, "NaN"]}`: row-major elements in one flat list. What JSON cannot
 * say as a number is a string: "NaN", "Infinity", "-Infinity", and integers beyond 2^53.
 */
export function tensorFromJson(name: string, json: unknown): Tensor {
  if (!isJsonObject(json)) throw new Error(`tensor "${name}" is ${showJson(json)}; give datatype, shape and data`);
  const { datatype, shape, data } = json;
  if (typeof datatype !== 'string' || !isDatatype(datatype)) {
    throw new Error(`tensor "${name}" has datatype ${showJson(datatype)}; give one of ${DATATYPES.join(', ')}`);
  }
  const dims = readShape(name, shape);
  if (!Array.isArray(data)) throw new Error(`tensor "${name}" has no list "data"`);
  const elements: readonly unknown[] = data;
  if (elements.length !== elementCount(dims)) {
    throw new Error(
      `tensor "${name}" has ${elements.length} elements where shape [${dims.join()}] needs ${elementCount(dims)}`,
    );
  }
  const content = datatype === 'BYTES' ? readStrings(name, elements) : writeElements(name, datatype, elements);
  return { name, datatype, shape: dims, data: content };
}

function readShape(name: string, shape: unknown): readonly number[] {
  const dims: readonly unknown[] = Array.isArray(shape) ? shape : [undefined];
  const sizes = dims.filter((dim) => typeof dim === 'number').filter((dim) => Number.isSafeInteger(dim) && dim >= 0);
  if (sizes.length === dims.length) return sizes;
  throw new Error(`tensor "${name}" has shape ${showJson(shape)}; give a list of sizes such as [1, 4]`);
}

function readStrings(name: string, elements: readonly unknown[]): readonly string[] {
  const strings = elements.filter((element) => typeof element === 'string');
  if (strings.length === elements.length) return strings;
  throw new Error(`tensor "${name}" of BYTES has an element that is no string`);
}

function writeElements(name: string, datatype: Exclude<Datatype, 'BYTES'>, elements: readonly unknown[]): Uint8Array {
  const size = ELEMENT_BYTES[datatype];
  const bytes = new Uint8Array(elements.length * size);
  const view = new DataView(bytes.buffer);
  const write = WRITE[datatype];
  for (const [index, element] of elements.entries()) {
    const allowed = write(view, index * size, element);
    if (allowed === undefined) continue;
    throw new Error(`tensor "${name}" of ${datatype} has ${showJson(element)} at element ${index}; give ${allowed}`);
  }
  return bytes;
}

const WRITE: Readonly<Record<Exclude<Datatype, 'BYTES'>, Write>> = {
  BOOL: writeBoolean,
  UINT8: integers(0, 255, (view, at, value) => {
    view.setUint8(at, value);
  }),
  UINT16: integers(0, 65_535, (view, at, value) => {
    view.setUint16(at, value, true);
  }),
  UINT32: integers(0, 2 ** 32 - 1, (view, at, value) => {
    view.setUint32(at, value, true);
  }),
  UINT64: longs(0n, 2n ** 64n - 1n, (view, at, value) => {
    view.setBigUint64(at, value, true);
  }),
  INT8: integers(-128, 127, (view, at, value) => {
    view.setInt8(at, value);
  }),
  INT16: integers(-32_768, 32_767, (view, at, value) => {
    view.setInt16(at, value, true);
  }),
  INT32: integers(-(2 ** 31), 2 ** 31 - 1, (view, at, value) => {
    view.setInt32(at, value, true);
  }),
  INT64: longs(-(2n ** 63n), 2n ** 63n - 1n, (view, at, value) => {
    view.setBigInt64(at, value, true);
  }),
  FP16: floats(Math.f16round, (view, at, value) => {
    view.setFloat16(at, value, true);
  }),
  FP32: floats(Math.fround, (view, at, value) => {
    view.setFloat32(at, value, true);
  }),
  FP64: floats(Number, (view, at, value) => {
    view.setFloat64(at, value, true);
  }),
};

function writeBoolean(view: DataView, at: number, value: unknown): string | undefined {
  if (typeof value !== 'boolean') return 'true or false';
  view.setUint8(at, value ? 1 : 0);
  return undefined;
}

function integers(min: number, max: number, set: (view: DataView, at: number, value: number) => void): Write {
  return (view, at, value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      return `a whole number from ${min} to ${max}`;
    }
    set(view, at, value);
    return undefined;
  };
}

const WHOLE = /^-?\d{1,20}$/;

function longs(min: bigint, max: bigint, set: (view: DataView, at: number, value: bigint) => void): Write {
  return (view, at, value) => {
    const whole =
      (typeof value === 'number' && Number.isSafeInteger(value)) || (typeof value === 'string' && WHOLE.test(value))
        ? BigInt(value)
        : undefined;
    if (whole === undefined || whole < min || whole > max) {
      return `a whole number from ${min} to ${max}, as a string beyond 2^53`;
    }
    set(view, at, whole);
    return undefined;
  };
}

const SPECIAL = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function floats(round: (value: number) => number, set: (view: DataView, at: number, value: number) => void): Write {
  return (view, at, value) => {
    const number =
      SPECIAL.get(value) ?? (typeof value === 'number' && Number.isFinite(round(value)) ? value : undefined);
    if (number === undefined) return 'a number that the type can hold, or one of "NaN", "Infinity", "-Infinity"';
    set(view, at, number);
    return undefined;
  };
}
