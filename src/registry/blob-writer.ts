/** One file that is being written into the blobs: hashed on the way, and on the disk when it is ended. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { fromFileError } from './file-errors.ts';
import { READ_ONLY, removeIfThere } from './write-file.ts';

/** Hashing this much takes less than a millisecond; between the slices of a larger piece others have their turn. */
const SLICE_BYTES = 2 ** 18;

export interface BlobFacts {
  /** In hex. */
  readonly sha256: string;
  readonly size: number;
}

export class BlobWriter {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #onEnd: (facts: BlobFacts) => void;
  readonly #hash = createHash('sha256');
  #size = 0;

  private constructor(path: string, handle: FileHandle, onEnd: (facts: BlobFacts) => void) {
    this.#path = path;
    this.#handle = handle;
    this.#onEnd = onEnd;
  }

  static async open(path: string, onEnd: (facts: BlobFacts) => void): Promise<BlobWriter> {
    try {
      return new BlobWriter(path, await open(path, 'wx', READ_ONLY), onEnd);
    } catch (caught) {
      throw fromFileError(caught);
    }
  }

  /** One piece after the other: await it before the next. */
  async write(piece: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < piece.length; at += SLICE_BYTES) {
        if (at > 0) await setImmediate();
        const slice = piece.subarray(at, at + SLICE_BYTES);
        this.#hash.update(slice);
        await this.#handle.writeFile(slice);
        this.#size += slice.length;
      }
    } catch (caught) {
      throw fromFileError(caught);
    }
  }

  async end(): Promise<BlobFacts> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
    } catch (caught) {
      throw fromFileError(caught);
    }
    const facts = { sha256: this.#hash.digest('hex'), size: this.#size };
    this.#onEnd(facts);
    return facts;
  }

  async abort(): Promise<void> {
    await this.#handle.close();
    await removeIfThere(this.#path);
  }
}
