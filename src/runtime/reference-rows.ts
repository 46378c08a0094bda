/** Rows that were written as nested JSON lists, made into the memory that a run takes. */
import type { Block } from '../batching/join-and-split.ts';
import { showJson } from '../config/json.ts';
import type { Datatype } from '../domain/datatype.ts';
import type { TensorSpec } from '../domain/signature.ts';

const MAKE: Readonly<Record<Exclude<Datatype, 'BYTES'>, (values: readonly number[]) => ArrayBuffer>> = {
  BOOL: (values) => Uint8Array.from(values).buffer,
  UINT8: (values) => Uint8Array.from(values).buffer,
  UINT16: (values) => Uint16Array.from(values).buffer,
  UINT32: (values) => Uint32Array.from(values).buffer,
  UINT64: (values) => BigUint64Array.from(values, BigInt).buffer,
  INT8: (values) => Int8Array.from(values).buffer,
  INT16: (values) => Int16Array.from(values).buffer,
  INT32: (values) => Int32Array.from(values).buffer,
  INT64: (values) => BigInt64Array.from(values, BigInt).buffer,
  FP16: (values) => Float16Array.from(values).buffer,
  FP32: (values) => Float32Array.from(values).buffer,
  FP64: (values) => Float64Array.from(values).buffer,
};

/** A row is a value or nested lists of them; all rows of a block have one shape. */
export function rowsToBlock({ name, datatype }: TensorSpec, rows: readonly unknown[]): Block {
  const rowShape = shapeOf(rows[0]);
  const values: unknown[] = [];
  for (const row of rows) {
    if (shapeOf(row).join() !== rowShape.join()) {
      throw new Error(`input "${name}" has a row of shape [${shapeOf(row).join()}] after one of [${rowShape.join()}]`);
    }
    flatten(row, values);
  }
  const shape = [rows.length, ...rowShape];
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (values.length !== size) throw new Error(`input "${name}" has a row with lists of different lengths`);
  if (datatype === 'BYTES') return { name, datatype, shape, data: values.map((value) => readString(name, value)) };
  const read = datatype === 'BOOL' ? readTruth : datatype.startsWith('FP') ? readNumber : readWhole;
  return { name, datatype, shape, data: MAKE[datatype](values.map((value) => read(name, value))) };
}

function shapeOf(row: unknown): readonly number[] {
  return Array.isArray(row) ? [row.length, ...shapeOf(row[0])] : [];
}

function flatten(row: unknown, into: unknown[]): void {
  if (!Array.isArray(row)) into.push(row);
  else for (const part of row) flatten(part, into);
}

function readString(name: string, value: unknown): string {
  return typeof value === 'string' ? value : refuse(name, value, 'strings');
}

function readTruth(name: string, value: unknown): number {
  return typeof value === 'boolean' ? Number(value) : refuse(name, value, 'true or false');
}

/** JSON has no NaN: it is written as the string. */
function readNumber(name: string, value: unknown): number {
  if (value === 'NaN') return NaN;
  return typeof value === 'number' ? value : refuse(name, value, 'numbers, or "NaN"');
}

function readWhole(name: string, value: unknown): number {
  return Number.isSafeInteger(value) && typeof value === 'number' ? value : refuse(name, value, 'whole numbers');
}

function refuse(name: string, value: unknown, allowed: string): never {
  throw new Error(`input "${name}" has ${showJson(value)} in a row; give ${allowed}`);
}
