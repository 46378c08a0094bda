/** Model files in memory, as the onnx room reads them. */
import assert from 'node:assert/strict';
import { mapModel } from '../../src/onnx/model-map.ts';
import type { ModelMap, Weights } from '../../src/onnx/model-map.ts';
import { rewriteModel } from '../../src/onnx/rewrite.ts';
import { WireReader } from '../../src/onnx/wire-reader.ts';
import { encodeModel } from './onnx-models.ts';
import type { OnnxModel } from './onnx-models.ts';

/** Answers with its own memory each time, as a file's window is overwritten. */
export function readerOf(bytes: Uint8Array): WireReader {
  const shared = new Uint8Array(2 ** 16);
  const read = (offset: number, length: number): Uint8Array => {
    assert(offset + length <= bytes.length, 'nobody reads beyond the end of a file');
    shared.set(bytes.subarray(offset, offset + length));
    return shared.subarray(0, length);
  };
  return new WireReader({ size: bytes.length, read });
}

export function mapOf(model: OnnxModel | Uint8Array): ModelMap {
  return mapModel(readerOf(model instanceof Uint8Array ? model : encodeModel(model)));
}

/** The file anew, and the values that left it, by the names of their files. */
export function rewritten(bytes: Uint8Array): {
  readonly model: Uint8Array;
  readonly files: ReadonlyMap<string, Buffer>;
} {
  const files = new Map<string, Buffer>();
  const fileOf = ({ name, values }: Weights): string => {
    files.set(`${name}.bin`, Buffer.from(bytes.subarray(values.start, values.end)));
    return `${name}.bin`;
  };
  const pieces = rewriteModel(mapOf(bytes), fileOf);
  const model = pieces.map((piece) => (piece instanceof Uint8Array ? piece : bytes.subarray(piece.start, piece.end)));
  return { model: Buffer.concat(model), files };
}
