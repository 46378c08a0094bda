/** Values in typed fields to the little-endian bytes that models take. */
import type { Datatype } from '../../domain/datatype.ts';
import { ServerError } from '../../domain/errors.ts';
import type { Elements } from './elements.ts';
import { quote } from './quote.ts';

/** The datatypes of fewer bits than their field, with what they hold. */
const NARROW: Partial<Record<Datatype, { readonly bytes: 1 | 2; readonly min: number; readonly max: number }>> = {
  INT16: { bytes: 2, min: -32_768, max: 32_767 },
  INT8: { bytes: 1, min: -128, max: 127 },
  UINT16: { bytes: 2, min: 0, max: 65_535 },
  UINT8: { bytes: 1, min: 0, max: 255 },
};

/** The elements of a field that belongs to the datatype. */
export function packValues(name: string, datatype: Datatype, elements: Elements): Uint8Array {
  const narrow = NARROW[datatype];
  if (narrow === undefined) return elements.bytes;
  const { bytes, min, max } = narrow;
  const { buffer, byteOffset, byteLength } = elements.bytes;
  const values = new DataView(buffer, byteOffset, byteLength);
  const packed = new Uint8Array(elements.count * bytes);
  for (let index = 0; index < elements.count; index += 1) {
    const value = min < 0 ? values.getInt32(4 * index, true) : values.getUint32(4 * index, true);
    if (value < min || value > max) {
      const message = `element ${index} of input ${quote(name)} is ${value}; ${datatype} holds ${min} to ${max}`;
      throw new ServerError('invalid_argument', message);
    }
    packed[bytes * index] = value;
    if (bytes === 2) packed[2 * index + 1] = value >> 8;
  }
  return packed;
}
