/** JSON to google.protobuf.Struct, so that free-form metadata stays readable in any client. */
import type { Struct } from '../gen/google/protobuf/Struct.ts';
import type { Value } from '../gen/google/protobuf/Value.ts';

/** Protobuf readers refuse messages nested deeper than 100; each level of JSON takes two or three. */
const MAX_DEPTH = 24;

export function toStruct(record: Readonly<Record<string, unknown>>): Struct {
  return structOf(record, 0);
}

function structOf(record: object, depth: number): Struct {
  const fields = Object.entries(record).map(([key, value]) => [key, valueOf(value, depth)] as const);
  return { fields: Object.fromEntries(fields) };
}

function valueOf(value: unknown, depth: number): Value {
  if (depth >= MAX_DEPTH) return { stringValue: JSON.stringify(value) };
  switch (typeof value) {
    case 'number':
      return { numberValue: value };
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'object':
      if (value === null) return { nullValue: 'NULL_VALUE' };
      if (Array.isArray(value)) return { listValue: { values: value.map((item) => valueOf(item, depth + 1)) } };
      return { structValue: structOf(value, depth + 1) };
    default:
      return { nullValue: 'NULL_VALUE' };
  }
}
