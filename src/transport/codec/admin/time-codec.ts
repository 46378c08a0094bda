/** Protobuf's timestamps and durations as milliseconds, and back. */
import { ServerError } from '../../../domain/errors.ts';
import type { Duration as DurationOut, Duration__Output as Duration } from '../../gen/google/protobuf/Duration.ts';
import type { Timestamp, Timestamp__Output as TimestampIn } from '../../gen/google/protobuf/Timestamp.ts';
import { type Int64, toNumber } from '../int64.ts';

/** What Date can hold. */
const MAX_MS = 8.64e15;
const NANOS = 1_000_000_000;

/** From epoch ms. */
export function formatTime(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1_000_000) };
}

/** null where there is none: unset. */
export function formatTimeOrNone(ms: number | undefined): Timestamp | null {
  return ms === undefined ? null : formatTime(ms);
}

/** From ms, 0 or more. */
export function formatDuration(ms: number): DurationOut {
  return formatTime(ms);
}

/** Epoch ms, parts of a millisecond cut off; undefined where it is unset. */
export function parseTime(field: string, time: TimestampIn | null): number | undefined {
  if (time === null) return undefined;
  if (time.nanos < 0 || time.nanos >= NANOS) throw bad(field, `has ${time.nanos} nanos; they go from 0 to 999,999,999`);
  return Math.floor(millis(field, time));
}

/** Milliseconds; undefined where it is unset. */
export function parseDuration(field: string, duration: Duration | null): number | undefined {
  if (duration === null) return undefined;
  if (Math.abs(duration.nanos) >= NANOS) throw bad(field, `has ${duration.nanos} nanos, which is more than a second`);
  const ms = millis(field, duration);
  if (ms >= 0) return ms;
  throw bad(field, 'is negative; send how long it is');
}

function millis(field: string, { seconds, nanos }: { readonly seconds: Int64; readonly nanos: number }): number {
  const ms = toNumber(seconds) * 1000 + nanos / 1_000_000;
  if (Math.abs(ms) <= MAX_MS) return ms;
  throw bad(field, 'is further away than the year 275760');
}

function bad(field: string, what: string): ServerError {
  return new ServerError('invalid_argument', `${field} ${what}`);
}
