/** Folders of versions that are in use here, `<dir>/<digest>/…`: complete, and checked before their first use. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ServerError } from '../domain/errors.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { Golden, VersionSpec } from '../domain/version.ts';
import type { Blobs } from './blobs.ts';
import { codeOf, fromFileError, isMissing } from './file-errors.ts';
import { FilePaths } from './file-path.ts';
import { FileThread } from './file-thread.ts';

/** Puts a file of a version at an absolute path where nothing is yet. */
export type Obtain = (file: RegistryFile, target: string) => Promise<void>;

export interface VersionFoldersOptions {
  readonly dir: string;
  readonly obtain: Obtain;
}

/** A version as the registry knows it, without what only its files tell. */
export type VersionOrder = Omit<VersionSpec, 'path' | 'golden' | 'bytes'>;

const DIGEST = /^[0-9a-f]{64}$/;
/** Folders that are coming or going have this before their names; a crash may leave some. */
const ASIDE = '.';
/** A folder of that age is nobody's: a second process may be at work in the same directory. */
const LEFTOVER_MS = 3_600_000;

export class VersionFolders {
  readonly #dir: string;
  readonly #obtain: Obtain;
  readonly #thread = new FileThread();
  /** Checked by this process, with the golden examples that were found. */
  readonly #checked = new Map<string, Golden | undefined>();
  /** The last work on each folder: one after the other. */
  readonly #busy = new Map<string, Promise<unknown>>();

  private constructor({ obtain }: VersionFoldersOptions, dir: string) {
    this.#dir = dir;
    this.#obtain = obtain;
  }

  static async open(options: VersionFoldersOptions): Promise<VersionFolders> {
    await mkdir(options.dir, { recursive: true });
    const dir = await realpath(options.dir);
    await removeLeftovers(dir);
    return new VersionFolders(options, dir);
  }

  /**
   * The whole spec, once the folder is complete and its content is what the digest says. DATA_LOSS where it is not,
   * even
   * after it was obtained anew.
   */
  async bring(order: VersionOrder): Promise<VersionSpec> {
    const { digest, files } = order;
    checkOrder(order);
    const golden = await this.#exclusively(digest, () => this.#complete(digest, files));
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    return Object.freeze({ ...order, path: join(this.#dir, digest, 'model.onnx'), bytes, golden });
  }

  /** Removes a folder; what has its files open or mapped goes on undisturbed. */
  async drop(digest: string): Promise<void> {
    await this.#exclusively(digest, () => this.#remove(digest));
  }

  /** Removes every folder but these, and those that are just being brought. */
  async keepOnly(digests: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.#dir)) {
      if (!DIGEST.test(name) || digests.has(name) || this.#busy.has(name)) continue;
      await this.drop(name);
    }
  }

  async #complete(digest: string, files: readonly RegistryFile[]): Promise<Golden | undefined> {
    const folder = join(this.#dir, digest);
    const isThere = await hasFiles(folder, files);
    if (isThere && this.#checked.has(digest)) return this.#checked.get(digest);
    for (let attempt = isThere ? 0 : 1; attempt <= 2; attempt += 1) {
      if (attempt > 0) {
        await this.#remove(digest);
        await this.#fill(folder, files);
      }
      const description = await this.#thread.inspect(folder, digest);
      if (description === undefined) continue;
      this.#checked.set(digest, description.golden);
      return description.golden;
    }
    await this.#remove(digest);
    throw new ServerError(
      'data_loss',
      `the files of version digest ${digest} are not what was registered, even obtained anew; see the registry's disk`,
    );
  }

  /** Under another name first, so that a folder with its own name is complete. */
  async #fill(folder: string, files: readonly RegistryFile[]): Promise<void> {
    const aside = join(this.#dir, `${ASIDE}${randomUUID()}`);
    try {
      for (const file of files) {
        const target = join(aside, file.path);
        await mkdir(dirname(target), { recursive: true });
        await this.#obtain(file, target);
      }
      await rename(aside, folder);
    } catch (caught) {
      await rm(aside, { recursive: true, force: true });
      // Another process was quicker; its folder is as good as ours, and is looked at next.
      if (codeOf(caught) === 'ENOTEMPTY' || codeOf(caught) === 'EEXIST') return;
      throw fromFileError(caught);
    }
  }

  async #remove(digest: string): Promise<void> {
    this.#checked.delete(digest);
    const aside = join(this.#dir, `${ASIDE}${randomUUID()}`);
    try {
      await rename(join(this.#dir, digest), aside);
    } catch (caught) {
      if (isMissing(caught)) return;
      throw caught;
    }
    await rm(aside, { recursive: true, force: true });
  }

  async #exclusively<T>(digest: string, work: () => Promise<T>): Promise<T> {
    const former = this.#busy.get(digest) ?? Promise.resolve();
    const mine = former.then(work);
    const settled = mine.catch(() => undefined);
    this.#busy.set(digest, settled);
    try {
      return await mine;
    } finally {
      if (this.#busy.get(digest) === settled) this.#busy.delete(digest);
    }
  }
}

/** An obtainer of files that lie in blobs here: a link where that is possible, which costs nothing, else a copy. */
export function linkOrCopy(blobs: Pick<Blobs, 'pathOf'>): Obtain {
  return async ({ path, sha256 }, target) => {
    const source = blobs.pathOf(sha256);
    try {
      await link(source, target);
    } catch (caught) {
      if (isMissing(caught)) throw gone(path, sha256, caught);
      await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    }
  };
}

function gone(path: string, sha256: string, cause: unknown): ServerError {
  const message = `file "${path}" (sha256 ${sha256}) is gone from the registry; restore it from a backup, or register the version again under another name`;
  return new ServerError('data_loss', message, { cause });
}

/** The control plane is trusted to name versions, not to write wherever it likes. */
function checkOrder({ digest, files }: VersionOrder): void {
  if (!DIGEST.test(digest)) throw new ServerError('invalid_argument', `"${digest.slice(0, 100)}" is no digest`);
  const paths = new FilePaths();
  for (const { path } of files) paths.add(path);
  if (!paths.has('model.onnx')) throw new ServerError('invalid_argument', `version digest ${digest} has no model.onnx`);
}

async function hasFiles(folder: string, files: readonly RegistryFile[]): Promise<boolean> {
  for (const { path, size } of files) {
    try {
      if ((await stat(join(folder, path))).size !== size) return false;
    } catch (caught) {
      if (isMissing(caught)) return false;
      throw caught;
    }
  }
  return true;
}

async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(ASIDE)) continue;
    const path = join(dir, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > LEFTOVER_MS) await rm(path, { recursive: true, force: true });
  }
}
