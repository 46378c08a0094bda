/** Tensors as questions ask with them and answers bring them: little-endian bytes, whatever carried them. */

export type Datatype = 'FP32' | 'INT32' | 'INT64' | 'BYTES';

export interface Block {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly raw: Uint8Array;
}

export function floats(name: string, shape: readonly number[], values: readonly number[]): Block {
  return { name, datatype: 'FP32', shape, raw: bytesOf(Float32Array.from(values)) };
}

export function ints(name: string, shape: readonly number[], values: readonly number[]): Block {
  return { name, datatype: 'INT32', shape, raw: bytesOf(Int32Array.from(values)) };
}

export function longs(name: string, shape: readonly number[], values: readonly number[]): Block {
  return { name, datatype: 'INT64', shape, raw: bytesOf(BigInt64Array.from(values, BigInt)) };
}

/** Each string after its length in 32 bits. */
export function texts(name: string, shape: readonly number[], values: readonly string[]): Block {
  const parts = values.flatMap((text) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return { name, datatype: 'BYTES', shape, raw: Buffer.concat(parts) };
}

export function textsOf({ raw }: Block): string[] {
  const bytes = Buffer.from(raw);
  const found: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const from = at + 4;
    at = from + bytes.readUInt32LE(at);
    found.push(bytes.toString('utf8', from, at));
  }
  return found;
}

/** How the answer differs from the right one, in a sentence; undefined where it does not, within the tolerance. */
export function differenceOf(got: readonly Block[], right: readonly Block[], tolerance: number): string | undefined {
  if (got.length !== right.length) return `it has ${got.length} outputs, not ${right.length}`;
  for (const want of right) {
    const have = got.find(({ name }) => name === want.name);
    const kind = `${want.datatype} [${want.shape.join()}]`;
    if (have === undefined) return `output ${want.name} is missing`;
    const came = `${have.datatype} [${have.shape.join()}]`;
    if (came !== kind) return `output ${want.name} is ${came}, not ${kind}`;
    if (Buffer.compare(have.raw, want.raw) === 0) continue;
    if (want.datatype !== 'FP32') return `output ${want.name} differs`;
    const [a, b] = [floatsOf(have), floatsOf(want)];
    const at = b.findIndex((value, at) => !near(a[at], value, tolerance));
    if (at >= 0) return `output ${want.name} has ${a[at]} at element ${at}, not ${b[at]}`;
  }
  return undefined;
}

function near(a: number | undefined, b: number, tolerance: number): boolean {
  if (a === undefined) return false;
  return Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
}

/** A copy: the bytes may begin anywhere. */
export function floatsOf({ raw }: Block): Float32Array {
  return new Float32Array(Uint8Array.from(raw).buffer);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
