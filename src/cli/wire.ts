/** Numbers and times between the wire and the command. */

/** What 64-bit integers come as. */
interface Wide {
  toNumber(): number;
}

export interface WireTimestamp {
  readonly seconds: Wide;
  readonly nanos: number;
}

export interface WireTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** Epoch ms. */
export function timestampMs({ seconds, nanos }: WireTimestamp): number {
  return seconds.toNumber() * 1000 + nanos / 1e6;
}

/** undefined where the field was not set. */
export function optionalMs(timestamp: WireTimestamp | null): number | undefined {
  return timestamp === null ? undefined : timestampMs(timestamp);
}

/** A google.protobuf.Timestamp or Duration, in whole milliseconds. */
export function wireTime(ms: number): WireTime {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round(ms - seconds * 1000) * 1_000_000 };
}
