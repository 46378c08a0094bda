/** One file of a version on its way to this disk: under a temporary name until its bytes are what they should be. */
import { createHash } from 'node:crypto';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError, EXIT, usageError } from './exit.ts';
import { visible } from './render/ansi.ts';

export interface ExpectedFile {
  readonly path: string;
  /** In hex. */
  readonly sha256: string;
}

export class DownloadFile {
  readonly path: string;
  readonly #target: string;
  readonly #partial: string;
  readonly #sha256: string;
  readonly #hash = createHash('sha256');
  readonly #file: FileHandle;

  private constructor(expected: ExpectedFile, target: string, partial: string, file: FileHandle) {
    this.path = expected.path;
    this.#sha256 = expected.sha256;
    this.#target = target;
    this.#partial = partial;
    this.#file = file;
  }

  static async open(folder: string, expected: ExpectedFile): Promise<DownloadFile> {
    const target = join(folder, ...safeParts(expected.path));
    if (await exists(target)) throw usageError(`${target} is there already; name an empty folder`);
    await mkdir(dirname(target), { recursive: true });
    const partial = `${target}.part`;
    return new DownloadFile(expected, target, partial, await open(partial, 'w'));
  }

  async write(data: Uint8Array): Promise<void> {
    this.#hash.update(data);
    for (let at = 0; at < data.length;) at += (await this.#file.write(data, at)).bytesWritten;
  }

  /** Gives the file its name; refuses where the bytes are others. */
  async finish(): Promise<void> {
    await this.#file.close();
    const found = this.#hash.digest('hex');
    if (found !== this.#sha256) {
      await rm(this.#partial, { force: true });
      const what = `${visible(this.path)} arrived with digest ${found} and should have ${visible(this.#sha256)}`;
      throw new CommandError(EXIT.no, `${what}; it was removed, so download it again`);
    }
    await rename(this.#partial, this.#target);
  }

  /** Takes what there is of it away. */
  async abandon(): Promise<void> {
    await this.#file.close();
    await rm(this.#partial, { force: true });
  }
}

/** A server's path must not lead out of the folder. */
function safeParts(path: string): string[] {
  const parts = path.split('/');
  const odd = parts.some((part) => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part));
  if (!odd) return parts;
  throw new CommandError(EXIT.no, `the server names a file "${visible(path)}", which is not a path below a folder`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
