/** Writes protobuf by hand: just the field kinds that ONNX files and requests here are made of. */

/** Bytes in several pieces, so that large tensors are never copied. */
export type Pieces = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

export function integer(field: number, value: number): Pieces {
  return [Uint8Array.from([...varint(field * 8 + VARINT), ...varint(value)])];
}

export function text(field: number, value: string): Pieces {
  return nested(field, [Buffer.from(value)]);
}

export function integers(field: number, values: readonly number[]): Pieces {
  return nested(field, [Uint8Array.from(values.flatMap(varint))]);
}

/** A message or bytes. */
export function nested(field: number, ...content: readonly Pieces[]): Pieces {
  const pieces = content.flat();
  const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  return [Uint8Array.from([...varint(field * 8 + LENGTH_DELIMITED), ...varint(length)]), ...pieces];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
  return bytes;
}
