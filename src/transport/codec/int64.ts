/**
 * 64-bit integers of the wire: objects with two 32-bit halves on the way in, numbers or decimal text on the way out.
 */

/** The part of protobuf's Long that is read. */
export interface Int64 {
  readonly low: number;
  readonly high: number;
}

const TWO_32 = 4_294_967_296;

/** The signed value; beyond 2^53 it is rounded, and Number.isSafeInteger says so. */
export function toNumber(value: Int64): number {
  return value.high * TWO_32 + (value.low >>> 0);
}

/** Little-endian bytes of each, whether signed or unsigned. */
export function packInt64s(values: readonly Int64[]): Uint8Array {
  const halves = new Int32Array(values.length * 2);
  let at = 0;
  for (const value of values) {
    halves[at++] = value.low;
    halves[at++] = value.high;
  }
  return new Uint8Array(halves.buffer);
}

/** What protobuf takes for a 64-bit field without loss: a number where it is exact, else its decimal text. */
export function toWireInt64(value: bigint): number | string {
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : value.toString();
}
