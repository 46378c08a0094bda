/** BYTES tensors in their raw form: for each element a 32-bit little-endian length, then its UTF-8 text. */
import { ServerError } from '../../domain/errors.ts';
import { quote } from './quote.ts';

const LENGTH_BYTES = 4;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The `count` strings of a raw BYTES input. */
export function decodeByteStrings(name: string, raw: Uint8Array, count: number): string[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (at < raw.byteLength) {
    const left = raw.byteLength - at;
    if (left < LENGTH_BYTES) {
      throw broken(`incomplete string length indicator`, name, `expecting 4 bytes but only ${left} bytes available`);
    }
    const length = view.getUint32(at, true);
    at += LENGTH_BYTES;
    if (length > left - LENGTH_BYTES) {
      const found = `expecting string of length ${length} but only ${left - LENGTH_BYTES} bytes available`;
      throw broken('incomplete string data', name, found);
    }
    if (texts.length === count) throw wrongCount(name, `more than ${count}`, count);
    texts.push(decodeText(name, raw.subarray(at, at + length), texts.length));
    at += length;
  }
  if (texts.length !== count) throw wrongCount(name, String(texts.length), count);
  return texts;
}

/** ONNX strings are UTF-8, so anything else has no meaning to a model. */
export function notText(name: string, index: number): ServerError {
  const message = `element ${index} of BYTES input ${quote(name)} is not UTF-8 text; encode it, as base64 for example`;
  return new ServerError('invalid_argument', message);
}

export function encodeByteStrings(texts: readonly string[]): Uint8Array {
  let size = 0;
  for (const text of texts) size += LENGTH_BYTES + Buffer.byteLength(text);
  const raw = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of texts) {
    const length = raw.write(text, at + LENGTH_BYTES);
    raw.writeUInt32LE(length, at);
    at += LENGTH_BYTES + length;
  }
  return raw;
}

function decodeText(name: string, bytes: Uint8Array, index: number): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw notText(name, index);
  }
}

function wrongCount(name: string, found: string, count: number): ServerError {
  return broken(`unexpected number of string elements ${found}`, name, `expecting ${count}, the product of its shape`);
}

function broken(what: string, name: string, detail: string): ServerError {
  return new ServerError('invalid_argument', `${what} for inference input ${quote(name)}, ${detail}`);
}
