/** Output tensors to what protobuf writes: their bytes as they are where the wire has the same, else varints. */
import type { Tensor, TensorData } from '../../domain/tensor.ts';
import { encodeByteStrings } from './byte-strings.ts';
import type { ReplyWriter } from './reply-writer.ts';
import { FIELD_OF, type TypedField } from './typed-fields.ts';

/** The tags of one protocol's typed fields; numbers are packed. */
export type FieldTags = Readonly<Record<TypedField, number>>;

/** The bytes of the raw form; a view except for text. */
export function rawBytes(data: TensorData): Uint8Array {
  return data instanceof Uint8Array ? data : encodeByteStrings(data);
}

/** Writes the typed field of any tensor but FP16, for which there is none. */
export function writeValues(writer: ReplyWriter, tensor: Tensor, tags: FieldTags): void {
  const { datatype, data } = tensor;
  const field = FIELD_OF[datatype];
  if (field === undefined || data.length === 0) return;
  const tag = tags[field];
  if (!(data instanceof Uint8Array)) {
    for (let index = data.length - 1; index >= 0; index -= 1) writer.element(tag, data[index] ?? '');
    return;
  }
  switch (field) {
    case 'floats':
    case 'doubles':
      writer.data(tag, data);
      return;
    case 'bools':
      writer.data(tag, bitsOf(data));
      return;
    default: {
      const before = writer.size;
      writeVarints(writer, tensor.datatype, data);
      writer.close(tag, before);
    }
  }
}

/** The numbers from the last to the first, as the writer goes; negative ones are widened to 64 bits. */
function writeVarints(writer: ReplyWriter, datatype: Tensor['datatype'], data: Uint8Array): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (datatype) {
    case 'INT64':
    case 'UINT64':
      for (let at = data.length - 8; at >= 0; at -= 8) {
        writer.varint64(view.getInt32(at, true), view.getInt32(at + 4, true));
      }
      return;
    case 'INT32':
      for (let at = data.length - 4; at >= 0; at -= 4) writeSigned(writer, view.getInt32(at, true));
      return;
    case 'INT16':
      for (let at = data.length - 2; at >= 0; at -= 2) writeSigned(writer, view.getInt16(at, true));
      return;
    case 'INT8':
      for (let at = data.length - 1; at >= 0; at -= 1) writeSigned(writer, view.getInt8(at));
      return;
    case 'UINT32':
      for (let at = data.length - 4; at >= 0; at -= 4) writer.varint(view.getUint32(at, true));
      return;
    case 'UINT16':
      for (let at = data.length - 2; at >= 0; at -= 2) writer.varint(view.getUint16(at, true));
      return;
    default:
      for (let at = data.length - 1; at >= 0; at -= 1) writer.varint(view.getUint8(at));
  }
}

function writeSigned(writer: ReplyWriter, value: number): void {
  writer.varint64(value, value < 0 ? -1 : 0);
}

/** Any other byte than 0 is true; a byte above 127 would break the message. */
function bitsOf(data: Uint8Array): Uint8Array {
  for (const byte of data) if (byte > 1) return data.map((bit) => (bit === 0 ? 0 : 1));
  return data;
}
