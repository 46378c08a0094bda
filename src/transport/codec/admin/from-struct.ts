/** google.protobuf.Struct to JSON: the way back from codec/struct.ts. */
import { ServerError } from '../../../domain/errors.ts';
import type { JsonRecord } from '../../../domain/registry.ts';
import type { Struct__Output as Struct } from '../../gen/google/protobuf/Struct.ts';
import type { Value__Output as Value } from '../../gen/google/protobuf/Value.ts';
import { quote } from '../quote.ts';

/** As deep as codec/struct.ts shows it again. */
const MAX_DEPTH = 24;

/** `field` names it in messages; one that is unset is empty. */
export function fromStruct(field: string, struct: Struct | null): JsonRecord {
  return struct === null ? {} : recordOf(field, struct, 0);
}

function recordOf(field: string, { fields }: Struct, depth: number): JsonRecord {
  const entries = Object.entries(fields).map(([key, value]) => [key, plainValue(field, value, depth)] as const);
  return Object.fromEntries(entries);
}

function plainValue(field: string, value: Value, depth: number): unknown {
  if (depth >= MAX_DEPTH) throw bad(field, `is nested deeper than ${MAX_DEPTH} levels; flatten it`);
  switch (value.kind) {
    case 'numberValue':
      return finite(field, value.numberValue ?? 0);
    case 'stringValue':
      return value.stringValue ?? '';
    case 'boolValue':
      return value.boolValue ?? false;
    case 'structValue':
      return recordOf(field, value.structValue ?? { fields: {} }, depth + 1);
    case 'listValue':
      return (value.listValue?.values ?? []).map((item) => plainValue(field, item, depth + 1));
    default:
      return null;
  }
}

function finite(field: string, number: number): number {
  if (Number.isFinite(number)) return number;
  throw bad(field, `holds ${quote(String(number))}, which JSON has no number for`);
}

function bad(field: string, what: string): ServerError {
  return new ServerError('invalid_argument', `${field} ${what}`);
}
