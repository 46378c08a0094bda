/** 64-bit integers of the wire, as objects with two 32-bit halves. */

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
