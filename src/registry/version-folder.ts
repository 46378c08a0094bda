/** Reads one version's folder, `<models>/<model>/<version>/`, into its spec. */
import { join, sep } from 'node:path';
import { ServerError } from '../domain/errors.ts';
import type { ModelSettings, VersionSpec } from '../domain/version.ts';
import { digestFile, manifestDigest, stampOf } from './digest.ts';
import type { DigestCache, FileDigest } from './digest.ts';
import { checkInside, listDirectory, readSmallFile, statFile } from './model-files.ts';
import { parseModelJson } from './model-json.ts';

const MAX_FILES = 1000;
const MAX_DEPTH = 4;

/** Where the reading takes place and what it may use. */
export interface Reading {
  /** Real, absolute path of the models directory. */
  readonly root: string;
  /** What was known before, and what this reading finds. */
  readonly former: DigestCache;
  readonly digests: DigestCache;
  readonly signal: AbortSignal | undefined;
}

export interface VersionFolder {
  readonly model: string;
  readonly version: string;
  readonly settings: ModelSettings;
}

/**
 * Every file of the folder counts into the digest, hidden ones and model.json too: a version is immutable, and
 * one whose golden examples or metadata changed is another one. Throws where the folder is no version.
 */
export async function readVersionFolder(folder: VersionFolder, reading: Reading): Promise<VersionSpec> {
  const { model, version, settings } = folder;
  const directory = join(reading.root, model, version);
  const path = join(directory, 'model.onnx');
  if ((await statFile(reading.root, path)) === undefined) {
    throw new ServerError('not_found', `there is no ${path}; put the model there, or remove the folder`);
  }
  const description = join(directory, 'model.json');
  const text = await readSmallFile(reading.root, description);
  const { golden, metadata } = parseModelJson(text ?? '{}', description);
  const files = await digestFolder(directory, reading);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return Object.freeze({ model, version, path, digest: manifestDigest(files), bytes, settings, golden, metadata });
}

async function digestFolder(directory: string, reading: Reading): Promise<readonly FileDigest[]> {
  const files: FileDigest[] = [];
  for (const path of await listFiles(directory, reading.root)) {
    const absolute = join(directory, path);
    const stats = await statFile(reading.root, absolute);
    if (stats === undefined) throw new ServerError('unavailable', `${absolute} leads nowhere; replace or remove it`);
    const sha256 = await digestFile({ path: absolute, stats }, reading.former, reading.signal);
    reading.digests.set(absolute, { stamp: stampOf(stats), sha256 });
    files.push({ path: path.replaceAll(sep, '/'), size: Number(stats.size), sha256 });
  }
  return files;
}

/** Paths of the folder's files, relative to it. */
async function listFiles(directory: string, root: string): Promise<readonly string[]> {
  const files: string[] = [];
  const waiting = [''];
  for (const prefix of waiting) {
    const inside = join(directory, prefix);
    await checkInside(root, inside);
    for (const entry of await listDirectory(inside, MAX_FILES)) {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) waiting.push(`${path}${sep}`);
      else files.push(path);
    }
    if (files.length > MAX_FILES || waiting.length > MAX_FILES || prefix.split(sep).length > MAX_DEPTH) {
      throw new ServerError(
        'resource_exhausted',
        `${directory} has more than ${MAX_FILES} files or folders, or more than ${MAX_DEPTH} levels of them`,
      );
    }
  }
  return files;
}
