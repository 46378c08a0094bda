/** The typed fields of a tensor, and which of them carries which datatype. */
import type { Datatype } from '../../domain/datatype.ts';

/** In the order in which messages name them. */
export const TYPED_FIELDS = ['floats', 'doubles', 'ints', 'int64s', 'uints', 'uint64s', 'bools', 'strings'] as const;

export type TypedField = (typeof TYPED_FIELDS)[number];
export type NumberField = Exclude<TypedField, 'strings'>;

/** The field that carries a datatype; FP16 has none and goes raw. */
export const FIELD_OF: Readonly<Record<Datatype, TypedField | undefined>> = {
  BOOL: 'bools',
  UINT8: 'uints',
  UINT16: 'uints',
  UINT32: 'uints',
  UINT64: 'uint64s',
  INT8: 'ints',
  INT16: 'ints',
  INT32: 'ints',
  INT64: 'int64s',
  FP16: undefined,
  FP32: 'floats',
  FP64: 'doubles',
  BYTES: 'strings',
};

/** What a tensor without a datatype holds. */
export const DATATYPE_OF: Readonly<Record<TypedField, Datatype>> = {
  floats: 'FP32',
  doubles: 'FP64',
  ints: 'INT32',
  int64s: 'INT64',
  uints: 'UINT32',
  uint64s: 'UINT64',
  bools: 'BOOL',
  strings: 'BYTES',
};
