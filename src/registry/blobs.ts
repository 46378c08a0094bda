/** Content-addressed files, `<dir>/sha256/ab/abcd…`: each is whole, on the disk and never changed, or not there. */
import { createHash } from 'node:crypto';
import { mkdir, open, opendir, readdir, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ServerError } from '../domain/errors.ts';
import { BlobBatch } from './blob-batch.ts';
import { fromFileError, isMissing } from './file-errors.ts';
import { removeIfThere, syncDirectory } from './write-file.ts';

/** Small enough that hashing a piece holds the thread for less than a millisecond. */
const PIECE_BYTES = 2 ** 17;
const SHA256 = /^[0-9a-f]{64}$/;

export interface StoredBlob {
  readonly sha256: string;
  readonly size: number;
  /** Epoch ms at which it was last stored. */
  readonly storedAt: number;
}

/** Blobs that leave: whoever stores one of them anew waits until it is gone. */
export interface Withdrawal {
  /** Those that nobody is about to register. */
  readonly sha256s: readonly string[];
  /** Removes them. */
  carryOut(): Promise<void>;
  /** They stay. Does nothing after carryOut. */
  cancel(): void;
}

/**
 * One process writes a directory of blobs; any number may read it.
 *
 * A blob that is about to be registered is held (by a BlobBatch) until its version is committed; withdrawing, which
 * garbage collection does, leaves held ones alone. So no version loses a file that was collected while it came.
 */
export class Blobs {
  readonly #dir: string;
  readonly #held = new Map<string, number>();
  readonly #leaving = new Map<string, Promise<void>>();
  #count = 0;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** For the process that writes: what a crash left half written is removed. */
  static async open(dir: string): Promise<Blobs> {
    const blobs = new Blobs(resolve(dir));
    await rm(blobs.#incoming, { recursive: true, force: true });
    await mkdir(blobs.#incoming, { recursive: true });
    await mkdir(join(blobs.#dir, 'sha256'), { recursive: true });
    await syncDirectory(blobs.#dir);
    return blobs;
  }

  /** For a process that only reads what another one writes; the directory need not be there yet. */
  static readOnly(dir: string): Blobs {
    return new Blobs(resolve(dir));
  }

  /** The files of one registration. */
  begin(): BlobBatch {
    return new BlobBatch({
      newPath: () => {
        this.#count += 1;
        return join(this.#incoming, String(this.#count));
      },
      settle: (temporary, sha256) => this.#settle(temporary, sha256),
      letGo: (sha256) => {
        this.#letGo(sha256);
      },
    });
  }

  /** Where it lies, or would. Throws where the text is no sha256 in hex. */
  pathOf(sha256: string): string {
    if (!SHA256.test(sha256)) {
      throw new ServerError('invalid_argument', `"${sha256.slice(0, 100)}" is no sha256; give 64 hex digits`);
    }
    return join(this.#dir, 'sha256', sha256.slice(0, 2), sha256);
  }

  async has(sha256: string): Promise<boolean> {
    try {
      return (await stat(this.pathOf(sha256))).isFile();
    } catch (caught) {
      if (isMissing(caught)) return false;
      throw caught;
    }
  }

  /** The content, piece by piece. Ends with DATA_LOSS where it is not what it was: use nothing before the end. */
  async *read(sha256: string): AsyncGenerator<Uint8Array, void, void> {
    const handle = await this.#openBlob(sha256);
    try {
      const hash = createHash('sha256');
      for (;;) {
        const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
        const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES);
        if (bytesRead === 0) break;
        const content = piece.subarray(0, bytesRead);
        hash.update(content);
        yield content;
      }
      if (hash.digest('hex') !== sha256) throw damaged(sha256);
    } finally {
      await handle.close();
    }
  }

  /** All that there are, in no order. */
  async *list(): AsyncGenerator<StoredBlob, void, void> {
    const root = join(this.#dir, 'sha256');
    for (const prefix of await readdir(root)) {
      for await (const entry of await opendir(join(root, prefix))) {
        if (!entry.isFile() || !SHA256.test(entry.name)) continue;
        const { size, mtimeMs } = await stat(join(root, prefix, entry.name));
        yield { sha256: entry.name, size, storedAt: mtimeMs };
      }
    }
  }

  /** At once: from here on whoever stores one of them waits for the end of it. Carry it out, or cancel it. */
  withdraw(sha256s: readonly string[]): Withdrawal {
    const free = sha256s.filter((sha256) => !this.#held.has(sha256) && !this.#leaving.has(sha256));
    const { promise, resolve: end } = Promise.withResolvers<void>();
    for (const sha256 of free) this.#leaving.set(sha256, promise);
    const cancel = (): void => {
      for (const sha256 of free) if (this.#leaving.get(sha256) === promise) this.#leaving.delete(sha256);
      end();
    };
    const carryOut = async (): Promise<void> => {
      try {
        for (const sha256 of free) await removeIfThere(this.pathOf(sha256));
      } finally {
        cancel();
      }
    };
    return { sha256s: free, carryOut, cancel };
  }

  get #incoming(): string {
    return join(this.#dir, 'incoming');
  }

  /** Holds it, and puts the file in its place; one that lies there already is replaced, for it may be damaged. */
  async #settle(temporary: string, sha256: string): Promise<void> {
    const target = this.pathOf(sha256);
    const folder = dirname(target);
    this.#held.set(sha256, (this.#held.get(sha256) ?? 0) + 1);
    try {
      await this.#leaving.get(sha256);
      await mkdir(folder, { recursive: true });
      await rename(temporary, target);
      await syncDirectory(folder);
      await syncDirectory(dirname(folder));
    } catch (caught) {
      this.#letGo(sha256);
      throw fromFileError(caught);
    }
  }

  #letGo(sha256: string): void {
    const others = (this.#held.get(sha256) ?? 0) - 1;
    if (others > 0) this.#held.set(sha256, others);
    else this.#held.delete(sha256);
  }

  async #openBlob(sha256: string): Promise<FileHandle> {
    try {
      return await open(this.pathOf(sha256), 'r');
    } catch (caught) {
      if (!isMissing(caught)) throw caught;
      const message = `file ${sha256} is gone from the registry; restore it from a backup, or register the version again under another name`;
      throw new ServerError('data_loss', message, { cause: caught });
    }
  }
}

function damaged(sha256: string): ServerError {
  return new ServerError(
    'data_loss',
    `file ${sha256} is damaged: its content has another digest; restore it from a backup, or register the version again under another name`,
  );
}
