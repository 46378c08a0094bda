/** A reply as proto3 JSON: long integers as strings, times in RFC 3339, durations in seconds, Struct as its JSON. */
import type { Long } from '@grpc/proto-loader';
import type { Struct__Output } from '../transport/gen/google/protobuf/Struct.ts';
import type { Timestamp__Output } from '../transport/gen/google/protobuf/Timestamp.ts';
import type { Value__Output } from '../transport/gen/google/protobuf/Value.ts';
import { timestampMs } from './wire.ts';

/** Characters that JSON allows as they are and terminals do not: C1 controls, bidirectional overrides. */
const UNSAFE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The fields that are google.protobuf.Duration: as values they look like times, but no time has one of these names. */
export const DURATION_FIELDS: ReadonlySet<string> = new Set([
  'hold',
  'every',
  'deadline',
  'bake',
  'window',
  'interval',
  'lifetime',
]);

/** The reply as a JSON text; safe to look at. */
export function replyText(message: object, indent?: number): string {
  const json = JSON.stringify(replyJson(message), undefined, indent);
  return json.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Fields that were not set are left out, but for those that have a default: they are there with it. */
function replyJson(message: object): Record<string, unknown> {
  const entries = Object.entries(message)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name, fieldJson(name, value)] as const);
  return Object.fromEntries(entries);
}

function fieldJson(name: string, value: unknown): unknown {
  const isDuration = DURATION_FIELDS.has(name) && typeof value === 'object' && value !== null && isTimestamp(value);
  return isDuration ? durationJson(value) : valueJson(value);
}

function valueJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : numberName(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(valueJson);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isLong(value)) return value.toString();
  if (isTimestamp(value)) return timestampJson(value);
  if (isStruct(value)) return structJson(value);
  return replyJson(value);
}

/** The names that proto3 JSON has for what JSON numbers cannot say. */
function numberName(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function isLong(value: object): value is Long {
  return 'low' in value && 'high' in value && 'toNumber' in value;
}

/** Maps with such keys have values of one type, so none of them looks like one. */
function isTimestamp(value: object): value is Timestamp__Output {
  if (Object.keys(value).length !== 2 || !('seconds' in value) || !('nanos' in value)) return false;
  const { seconds, nanos } = value;
  return typeof seconds === 'object' && seconds !== null && isLong(seconds) && typeof nanos === 'number';
}

function timestampJson(timestamp: Timestamp__Output): string {
  const seconds = new Date(timestampMs({ ...timestamp, nanos: 0 })).toISOString().slice(0, 19);
  return `${seconds}${fraction(timestamp.nanos)}Z`;
}

/** Of durations of 0 or more; no field has others. */
function durationJson({ seconds, nanos }: Timestamp__Output): string {
  return `${seconds.toString()}${fraction(nanos)}s`;
}

/** ".5" is written as ".500": three, six or nine digits. */
function fraction(nanos: number): string {
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(000)+$/, '');
  return digits === '' ? '' : `.${digits}`;
}

function isStruct(value: object): value is Struct__Output {
  if (Object.keys(value).length !== 1 || !('fields' in value)) return false;
  return typeof value.fields === 'object' && value.fields !== null && !Array.isArray(value.fields);
}

export function structJson(struct: Struct__Output): Record<string, unknown> {
  return Object.fromEntries(Object.entries(struct.fields).map(([key, value]) => [key, structValueJson(value)]));
}

function structValueJson(value: Value__Output): unknown {
  if (value.structValue) return structJson(value.structValue);
  if (value.listValue) return value.listValue.values.map(structValueJson);
  return value.numberValue ?? value.stringValue ?? value.boolValue ?? null;
}
