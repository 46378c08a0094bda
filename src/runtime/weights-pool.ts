/** Files of weights, `<pool>/<sha256>`: whoever needs one has a link to it, so equal weights are in memory once. */
import { constants, copyFileSync, linkSync, openSync, closeSync, readdirSync, rmSync, statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Range } from '../onnx/wire-reader.ts';
import type { ModelFile } from './model-file.ts';

/** sha256 in hex: the names of files with weights. */
export const WEIGHTS_NAME = /^[0-9a-f]{64}$/;
/** What is being made in the pool begins so. */
export const UNFINISHED = '.';
const READ_ONLY = 0o444;
/** So long a file waits for its first user, who may be another process. */
const WAITING_MS = 600_000;
/** What is being made for longer was left by a process that was killed: no qualification takes so long. */
const LEFTOVER_MS = 4_000_000;
/** Others may tidy up in between. */
const ATTEMPTS = 3;

/** Puts the weights into `folder` under their sha256, which it returns. */
export function putWeights(
  source: { readonly file: ModelFile; readonly values: Range },
  { pool, folder }: { readonly pool: string; readonly folder: string },
): string {
  const sha256 = source.file.digest(source.values);
  const pooled = join(pool, sha256);
  const target = join(folder, sha256);
  for (let attempt = 1; ; attempt += 1) {
    if (!isThere(pooled, source.values.end - source.values.start)) add(source, pooled);
    try {
      linkOrCopyFile(pooled, target);
      return sha256;
    } catch (caught) {
      // Two tensors of the version are equal.
      if (codeOf(caught) === 'EEXIST') return sha256;
      if (codeOf(caught) !== 'ENOENT' || attempt === ATTEMPTS) throw caught;
    }
  }
}

/** A link where the file system can, which costs nothing, else a copy. */
export function linkOrCopyFile(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (caught) {
    if (codeOf(caught) === 'ENOENT' || codeOf(caught) === 'EEXIST') throw caught;
    copyFileSync(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}

/** Removes weights that nobody else has a link to, whatever their age. */
export function releaseWeights(pool: string, names: Iterable<string>): void {
  for (const name of names) if (WEIGHTS_NAME.test(name)) removeUnused(join(pool, name));
}

/** Removes what nobody has used for a while, and what killed processes left. */
export function tidyPool(pool: string): void {
  for (const name of namesIn(pool)) {
    const path = join(pool, name);
    if (WEIGHTS_NAME.test(name)) removeUnused(path, WAITING_MS);
    else if (name.startsWith(UNFINISHED) && ageMs(path) > LEFTOVER_MS) rmSync(path, { recursive: true, force: true });
  }
}

export function codeOf(caught: unknown): string {
  return caught instanceof Error && 'code' in caught && typeof caught.code === 'string' ? caught.code : '';
}

export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (caught) {
    if (codeOf(caught) === 'ENOENT') return [];
    throw caught;
  }
}

/** Under another name first: a file with its own name is whole. */
function add({ file, values }: { readonly file: ModelFile; readonly values: Range }, pooled: string): void {
  const aside = join(pooled, '..', `${UNFINISHED}${randomUUID()}`);
  try {
    const target = openSync(aside, 'wx', READ_ONLY);
    try {
      file.copy(values, target);
    } finally {
      closeSync(target);
    }
    rmSync(pooled, { force: true });
    linkOrCopyFile(aside, pooled);
  } catch (caught) {
    // Another process was quicker: its file is the one to share.
    if (codeOf(caught) !== 'EEXIST') throw caught;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** One of another length is not whole: a power cut may leave that. */
function isThere(path: string, size: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === size;
}

/** Changes of a file's links are in its ctime. */
function removeUnused(path: string, idleMs = 0): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.nlink !== 1) return;
  if (idleMs === 0 || Date.now() - stats.ctimeMs > idleMs) rmSync(path, { force: true });
}

function ageMs(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}
