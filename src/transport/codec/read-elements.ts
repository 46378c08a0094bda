/** Reads the numbers of typed fields, packed or one by one, without an object for each. */
import { malformedMessage } from './malformed.ts';
import type { TensorMessage } from './tensor-message.ts';
import type { NumberField } from './typed-fields.ts';
import { SIZED, type WireReader } from './wire-reader.ts';

/** Numbers of 32 or 64 bits each, by their width in bytes. */
export function readFixed(reader: WireReader, wireType: number, tensor: TensorMessage, field: NumberField): void {
  const width = field === 'doubles' ? 8 : 4;
  const size = wireType === SIZED ? reader.size() : width;
  if (size % width !== 0) throw malformedMessage(`${size} bytes of ${field} are no multiple of ${width}`);
  if (size > 0) tensor.elementsOf(field, width).take(reader, size);
}

export function readVarints32(reader: WireReader, wireType: number, tensor: TensorMessage, field: NumberField): void {
  if (wireType !== SIZED) {
    const value = reader.uint32();
    const elements = tensor.elementsOf(field, 4);
    elements.reserve(4);
    elements.push32(value);
    return;
  }
  const outer = reader.enter();
  const count = reader.countVarints();
  if (count > 0) {
    const elements = tensor.elementsOf(field, 4);
    elements.reserve(4 * count);
    while (reader.at < reader.end) elements.push32(reader.uint32());
  }
  reader.leave(outer);
}

export function readVarints64(reader: WireReader, wireType: number, tensor: TensorMessage, field: NumberField): void {
  if (wireType !== SIZED) {
    reader.int64();
    const elements = tensor.elementsOf(field, 8);
    elements.reserve(8);
    elements.push64(reader.low, reader.high);
    return;
  }
  const outer = reader.enter();
  const count = reader.countVarints();
  if (count > 0) {
    const elements = tensor.elementsOf(field, 8);
    elements.reserve(8 * count);
    while (reader.at < reader.end) {
      reader.int64();
      elements.push64(reader.low, reader.high);
    }
  }
  reader.leave(outer);
}

/** One byte of 0 or 1 each, which is how they are packed by everyone who does not pad them. */
export function readBools(reader: WireReader, wireType: number, tensor: TensorMessage): void {
  if (wireType !== SIZED) {
    const value = reader.uint32();
    const elements = tensor.elementsOf('bools', 1);
    elements.reserve(1);
    elements.push8(value === 0 ? 0 : 1);
    return;
  }
  const outer = reader.enter();
  const count = reader.countVarints();
  if (count > 0) {
    const elements = tensor.elementsOf('bools', 1);
    if (areBits(reader)) elements.take(reader, count);
    else {
      elements.reserve(count);
      while (reader.at < reader.end) elements.push8(reader.uint32() === 0 ? 0 : 1);
    }
  }
  reader.leave(outer);
}

function areBits({ bytes, at: start, end }: WireReader): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > 1) return false;
  return true;
}
