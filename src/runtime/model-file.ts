/** An open model file: read where one wants, copied and hashed in part. For threads that may wait for the disk. */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { ServerError } from '../domain/errors.ts';
import type { Range } from '../onnx/wire-reader.ts';

const CHUNK_BYTES = 2 ** 20;

export class ModelFile {
  readonly size: number;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.size = fstatSync(descriptor).size;
  }

  static open(path: string): ModelFile {
    return new ModelFile(path, openSync(path, 'r'));
  }

  /** All bytes asked for; at most a chunk, which the next call overwrites. */
  readonly read = (offset: number, length: number): Uint8Array => {
    const bytes = this.#chunk.subarray(0, length);
    for (let at = 0; at < length;) {
      const count = readSync(this.#descriptor, bytes, at, length - at, offset + at);
      if (count === 0) throw new ServerError('unavailable', `${this.#path} became shorter while it was read`);
      at += count;
    }
    return bytes;
  };

  /** sha256 in hex. */
  digest(range: Range = { start: 0, end: this.size }): string {
    const hash = createHash('sha256');
    for (const chunk of this.#chunks(range)) hash.update(chunk);
    return hash.digest('hex');
  }

  /** Appends a part to another file, and to a hash. */
  copy(range: Range, target: number, hash?: Hash): void {
    for (const chunk of this.#chunks(range)) writeAll(target, chunk, hash);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  *#chunks({ start, end }: Range): Generator<Uint8Array, void, void> {
    for (let at = start; at < end; at += CHUNK_BYTES) yield this.read(at, Math.min(CHUNK_BYTES, end - at));
  }
}

export function writeAll(target: number, bytes: Uint8Array, hash?: Hash): void {
  hash?.update(bytes);
  for (let at = 0; at < bytes.length;) at += writeSync(target, bytes, at);
}
