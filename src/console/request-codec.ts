/** A request in proto3 JSON as the message that is sent: each field checked against the schema, none guessed. */
import { ServerError } from '../domain/errors.ts';
import { toStruct } from '../transport/codec/struct.ts';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}

interface MessageShape {
  readonly name: string;
  readonly field: readonly Field[];
  readonly nestedType: readonly (MessageShape & { readonly options?: { readonly mapEntry?: boolean } | null })[];
}

interface EnumShape {
  readonly value: readonly { readonly name: string }[];
}

/** As proto-loader describes messages and enums; by name. */
export type Shapes = Readonly<Record<string, unknown>>;

/** More items are more than any request needs. */
const MAX_ITEMS = 10_000;

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const DURATION = /^(\d{1,12})(?:\.(\d{1,9}))?s$/;
const DIGITS = /^\d{1,20}$/;

/** @param type The message's name within `shapes`. Throws INVALID_ARGUMENT, naming the field. */
export function readRequest(shapes: Shapes, type: string, json: unknown): object {
  return readMessage(shapes, shapeOf(shapes, type) as MessageShape, json, '');
}

function shapeOf(shapes: Shapes, type: string): unknown {
  const found = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (typeof found !== 'object' || found === null || !('type' in found)) throw new Error(`the schema has no ${type}`);
  return found.type;
}

function readMessage(shapes: Shapes, shape: MessageShape, json: unknown, at: string): object {
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(recordOf(json, at))) {
    const field = shape.field.find((candidate) => candidate.name === name);
    const place = at === '' ? name : `${at}.${name}`;
    if (field === undefined) {
      const known = shape.field.map((candidate) => candidate.name).join(', ');
      throw new ServerError('invalid_argument', `there is no field "${place.slice(0, 200)}"; give ${known}`);
    }
    // proto3 JSON: null is the field's default.
    if (value !== null) entries.push([name, readField(shapes, { shape, field }, value, place)]);
  }
  return Object.fromEntries(entries);
}

function readField(
  shapes: Shapes,
  { shape, field }: { readonly shape: MessageShape; readonly field: Field },
  value: unknown,
  at: string,
): unknown {
  const entry = shape.nestedType.find(({ name, options }) => name === field.typeName && options?.mapEntry === true);
  const [, held] = entry?.field ?? [];
  if (held !== undefined) {
    const items = Object.entries(recordOf(value, at));
    if (items.length > MAX_ITEMS) throw unfit(at, value, `at most ${MAX_ITEMS} entries`);
    return Object.fromEntries(items.map(([key, item]) => [key, readValue(shapes, held, item, `${at}["${key}"]`)]));
  }
  if (field.label !== 'LABEL_REPEATED') return readValue(shapes, field, value, at);
  if (!Array.isArray(value) || value.length > MAX_ITEMS) throw unfit(at, value, `a list of at most ${MAX_ITEMS} items`);
  return value.map((item: unknown, index) => readValue(shapes, field, item, `${at}[${index}]`));
}

function readValue(shapes: Shapes, { type, typeName }: Field, value: unknown, at: string): unknown {
  switch (type) {
    case 'TYPE_STRING':
      return typeof value === 'string' ? value : refuse(at, value, 'a text');
    case 'TYPE_BOOL':
      return typeof value === 'boolean' ? value : refuse(at, value, 'true or false');
    case 'TYPE_DOUBLE':
      return typeof value === 'number' && Number.isFinite(value) ? value : refuse(at, value, 'a number');
    case 'TYPE_UINT32':
      return isWhole(value) && value < 2 ** 32 ? value : refuse(at, value, 'a whole number from 0 to 4,294,967,295');
    case 'TYPE_UINT64':
      if (typeof value === 'string' && DIGITS.test(value) && BigInt(value) < 2n ** 64n) return value;
      return isWhole(value) ? value : refuse(at, value, 'a whole number from 0 on');
    case 'TYPE_ENUM': {
      const names = (shapeOf(shapes, typeName) as EnumShape).value.map(({ name }) => name);
      return typeof value === 'string' && names.includes(value) ? value : refuse(at, value, names.join(', '));
    }
    case 'TYPE_MESSAGE':
      return readNested(shapes, typeName, value, at);
    default:
      // Pieces of files, the only bytes there are, come as the body of an upload.
      return refuse(at, value, 'no such field in JSON');
  }
}

function readNested(shapes: Shapes, typeName: string, value: unknown, at: string): unknown {
  switch (typeName) {
    case 'google.protobuf.Timestamp':
      return readInstant(value) ?? refuse(at, value, 'an instant such as 2026-01-31T23:59:59Z');
    case 'google.protobuf.Duration':
      return readDuration(value) ?? refuse(at, value, 'a duration in seconds such as 90s or 0.5s');
    case 'google.protobuf.Struct':
      return toStruct(recordOf(value, at));
    default:
      return readMessage(shapes, shapeOf(shapes, typeName) as MessageShape, value, at);
  }
}

function readInstant(value: unknown): object | undefined {
  const [, seconds, fraction = '', zone] = INSTANT.exec(typeof value === 'string' ? value : '') ?? [];
  const ms = Date.parse(`${seconds ?? ''}${zone ?? ''}`);
  return Number.isNaN(ms) ? undefined : { seconds: ms / 1000, nanos: Number(fraction.padEnd(9, '0')) };
}

function readDuration(value: unknown): object | undefined {
  const [, seconds, fraction = ''] = DURATION.exec(typeof value === 'string' ? value : '') ?? [];
  return seconds === undefined ? undefined : { seconds: Number(seconds), nanos: Number(fraction.padEnd(9, '0')) };
}

function recordOf(value: unknown, at: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unfit(at === '' ? 'the request' : at, value, 'an object');
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function refuse(at: string, value: unknown, allowed: string): never {
  throw unfit(at, value, allowed);
}

function unfit(at: string, value: unknown, allowed: string): ServerError {
  const shown = JSON.stringify(value).slice(0, 100);
  return new ServerError('invalid_argument', `${at.slice(0, 200)} cannot be ${shown}; give ${allowed}`);
}
