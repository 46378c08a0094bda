/** The files of a version that is to be uploaded: where they are here, and how the registry will call them. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { describeError } from '../domain/errors.ts';
import { usageError } from './exit.ts';

export interface LocalFile {
  /** Relative, with '/' between the parts. */
  readonly path: string;
  readonly source: string;
  readonly size: number;
}

const MODEL_FILE = 'model.onnx';
const MAX_FILES = 1000;
const PIECE_BYTES = 256 * 2 ** 10;

/** Each path is a file or a folder whose files are taken; the only .onnx file that is named may have any name. */
export async function collectFiles(paths: readonly string[]): Promise<readonly LocalFile[]> {
  const files: LocalFile[] = [];
  for (const path of paths) {
    files.push(...(await filesAt(path)));
    if (files.length > MAX_FILES) throw usageError(`there are more than ${MAX_FILES} files in ${paths.join(', ')}`);
  }
  const named = withModelFile(files);
  checkPaths(named, paths);
  return named.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function filesAt(path: string): Promise<readonly LocalFile[]> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return [{ path: basename(path), source: path, size: found.size }];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const sources = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((source) => !pathIn(path, source).split('/').some(isHidden));
    if (sources.length > MAX_FILES) throw usageError(`${path} has more than ${MAX_FILES} files`);
    return await Promise.all(
      sources.map(async (source) => ({ path: pathIn(path, source), source, size: (await stat(source)).size })),
    );
  } catch (caught) {
    if (caught instanceof Error && 'code' in caught) {
      throw usageError(`${path} cannot be read (${describeError(caught)}); name a model.onnx or a folder that has one`);
    }
    throw caught;
  }
}

function pathIn(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

function isHidden(name: string): boolean {
  return name.startsWith('.');
}

function withModelFile(files: readonly LocalFile[]): readonly LocalFile[] {
  if (files.some(({ path }) => path === MODEL_FILE)) return files;
  const models = files.filter(({ path }) => path.endsWith('.onnx') && !path.includes('/'));
  const [only, ...others] = models;
  if (only === undefined || others.length > 0) return files;
  return files.map((file) => (file === only ? { ...file, path: MODEL_FILE } : file));
}

function checkPaths(files: readonly LocalFile[], paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const { path, source } of files) {
    const other = seen.get(path);
    if (other !== undefined) throw usageError(`${other} and ${source} would both be "${path}"; name one of them`);
    seen.set(path, source);
  }
  if (!seen.has(MODEL_FILE)) throw usageError(`there is no ${MODEL_FILE} in ${paths.join(', ')}; a version needs one`);
}

/** The file in pieces; an empty file is one empty piece. */
export async function* readPieces({ source, size }: LocalFile): AsyncGenerator<Buffer> {
  if (size === 0) {
    yield Buffer.alloc(0);
    return;
  }
  try {
    const pieces: AsyncIterable<Buffer> = createReadStream(source, { highWaterMark: PIECE_BYTES });
    yield* pieces;
  } catch (caught) {
    throw usageError(`${source} cannot be read (${describeError(caught)})`);
  }
}
