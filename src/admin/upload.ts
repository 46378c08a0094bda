/**
 * Brings the files of a new version into a batch of blobs: from the caller's pieces, or from a folder on this machine.
 */
import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { ServerError } from '../domain/errors.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { BlobBatch } from '../registry/blob-batch.ts';
import type { BlobWriter } from '../registry/blob-writer.ts';
import { FilePaths } from '../registry/file-path.ts';
import { statFile } from '../registry/model-files.ts';
import { listFiles } from '../registry/version-folder.ts';

/** A piece of a file; the file ends where another path begins. */
export interface FilePiece {
  readonly path: string;
  readonly data: Uint8Array;
}

export interface UploadLimits {
  /** Of all files of a version together. */
  readonly maxModelBytes: number;
  readonly maxConcurrentUploads: number;
  /** Directories below which versions may be taken by path. */
  readonly importDirs: readonly string[];
}

const MAX_PIECE_BYTES = 4 * 2 ** 20;

/** Counts the uploads under way. */
export class UploadPlaces {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws RESOURCE_EXHAUSTED where all are taken. */
  take(): Disposable {
    if (this.#taken >= this.#limit) {
      const message = `${this.#limit} versions are being registered already; try again when one is done`;
      throw new ServerError('resource_exhausted', message);
    }
    this.#taken += 1;
    return {
      [Symbol.dispose]: () => {
        this.#taken -= 1;
      },
    };
  }
}

/** Sorted by path. Throws where the pieces make no version; the batch then holds what is to be thrown away. */
export async function receiveFiles(
  batch: BlobBatch,
  pieces: AsyncIterable<FilePiece>,
  { maxModelBytes }: Pick<UploadLimits, 'maxModelBytes'>,
): Promise<readonly RegistryFile[]> {
  const paths = new FilePaths();
  const files: RegistryFile[] = [];
  let current: { readonly path: string; readonly writer: BlobWriter } | undefined;
  let bytes = 0;
  const endCurrent = async (): Promise<void> => {
    if (current !== undefined) files.push({ path: current.path, ...(await current.writer.end()) });
    current = undefined;
  };
  for await (const { path, data } of pieces) {
    bytes += data.length;
    checkSizes({ path, piece: data.length, bytes, maxModelBytes });
    if (current?.path !== path) {
      paths.add(path);
      await endCurrent();
      current = { path, writer: await batch.write() };
    }
    await current.writer.write(data);
  }
  await endCurrent();
  return complete(files, 'send the model under this path');
}

/** Sorted by path. The caller may name any folder below one of the directories that are allowed. */
export async function importFolder(
  batch: BlobBatch,
  path: string,
  { maxModelBytes, importDirs }: Pick<UploadLimits, 'maxModelBytes' | 'importDirs'>,
): Promise<readonly RegistryFile[]> {
  const { folder, root } = await allowedFolder(path, importDirs);
  const paths = new FilePaths();
  const sources: { readonly path: string; readonly absolute: string }[] = [];
  let bytes = 0;
  for (const found of await listFiles(folder, root)) {
    paths.add(found);
    const absolute = join(folder, found);
    const stats = await statFile(root, absolute);
    if (stats === undefined) throw new ServerError('invalid_argument', `${absolute} leads nowhere; remove it`);
    bytes += Number(stats.size);
    checkSizes({ path: found, piece: 0, bytes, maxModelBytes });
    sources.push({ path: found, absolute });
  }
  if (!paths.has('model.onnx')) throw withoutModel(`put the model into ${folder} under this name`);
  const files: RegistryFile[] = [];
  for (const source of sources) files.push({ path: source.path, ...(await batch.importFile(source.absolute)) });
  const copied = files.reduce((sum, file) => sum + file.size, 0);
  checkSizes({ path, piece: 0, bytes: copied, maxModelBytes });
  return complete(files, 'put the model there');
}

/** Whether there is something outside of the allowed directories is not told. */
async function allowedFolder(
  path: string,
  importDirs: readonly string[],
): Promise<{ readonly folder: string; readonly root: string }> {
  if (importDirs.length === 0) {
    const message = 'no directory may be registered from by path; send the files, or allow one with --import-dirs';
    throw new ServerError('failed_precondition', message);
  }
  const folder = isAbsolute(path) && !path.includes('\0') ? await realPathOf(path) : undefined;
  for (const dir of importDirs) {
    const root = await realPathOf(dir);
    if (folder !== undefined && root !== undefined && isBelow(root, folder)) return { folder, root: folder };
  }
  const shown = JSON.stringify(path.slice(0, 200));
  const message = `${shown} is no folder below ${importDirs.join(', ')}; give the absolute path of one that is`;
  throw new ServerError('invalid_argument', message);
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    // Absent, not readable or a circle: it is no folder to register from.
    return undefined;
  }
}

function isBelow(root: string, path: string): boolean {
  const away = relative(root, path);
  return away !== '' && away !== '..' && !away.startsWith(`..${sep}`) && !isAbsolute(away);
}

function checkSizes(sizes: {
  readonly path: string;
  readonly piece: number;
  readonly bytes: number;
  readonly maxModelBytes: number;
}): void {
  if (sizes.piece > MAX_PIECE_BYTES) {
    const message = `a piece of file "${sizes.path}" has ${sizes.piece} bytes, and ${MAX_PIECE_BYTES} are the most; send smaller ones`;
    throw new ServerError('invalid_argument', message);
  }
  if (sizes.bytes > sizes.maxModelBytes) {
    const message = `the version has more than ${sizes.maxModelBytes} bytes; make it smaller, or raise --max-model-bytes`;
    throw new ServerError('resource_exhausted', message);
  }
}

function complete(files: readonly RegistryFile[], advice: string): readonly RegistryFile[] {
  if (!files.some(({ path }) => path === 'model.onnx')) throw withoutModel(advice);
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function withoutModel(advice: string): ServerError {
  return new ServerError('invalid_argument', `there is no model.onnx among the files; ${advice}`);
}
