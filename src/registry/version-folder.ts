/** Reads the folder of one version: its files with their digests, and what its model.json says. */
import { join } from 'node:path';
import { ServerError } from '../domain/errors.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { ModelSettings, VersionSpec } from '../domain/version.ts';
import { digestFile, manifestDigest, stampOf } from './digest.ts';
import type { DigestCache } from './digest.ts';
import { codeOf } from './file-errors.ts';
import { MAX_DEPTH, MAX_FILES } from './file-path.ts';
import { checkInside, listDirectory, readSmallFile, statFile } from './model-files.ts';
import { parseModelJson } from './model-json.ts';
import type { ModelDescription } from './model-json.ts';

/** Where the reading takes place and what it may use. */
export interface Reading {
  /** Real, absolute path of the directory that no link may leave. */
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
 * Reads `<root>/<model>/<version>/`. Every file of the folder counts into the digest, hidden ones and model.json too: a
 * version is immutable, and one whose golden examples or metadata changed is another one. Throws where the folder is no
 * version.
 */
export async function readVersionFolder(folder: VersionFolder, reading: Reading): Promise<VersionSpec> {
  const { model, version, settings } = folder;
  const directory = join(reading.root, model, version);
  const path = join(directory, 'model.onnx');
  if ((await statFile(reading.root, path)) === undefined) {
    throw new ServerError('not_found', `there is no ${path}; put the model there, or remove the folder`);
  }
  const { golden, metadata } = await readDescription(directory, reading.root);
  const files = await digestFolder(directory, reading);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const digest = manifestDigest(files);
  return Object.freeze({
    model,
    version,
    path,
    digest,
    files,
    bytes,
    settings,
    golden,
    metadata,
    report: undefined,
  });
}

/** What the model.json in the folder says, which need not be there. */
async function readDescription(directory: string, root: string): Promise<ModelDescription> {
  const file = join(directory, 'model.json');
  return parseModelJson((await readSmallFile(root, file)) ?? '{}', file);
}

/**
 * What the model.json of a folder says that holds exactly the files of this digest; undefined where it holds others.
 * `directory` is a real, absolute path.
 */
export async function inspectFolder(directory: string, digest: string): Promise<ModelDescription | undefined> {
  if ((await digestOf(directory)) !== digest) return undefined;
  return await readDescription(directory, directory);
}

/** undefined where the folder holds what no version has, or what the disk cannot read. */
async function digestOf(directory: string): Promise<string | undefined> {
  const reading = { root: directory, former: new Map(), digests: new Map(), signal: undefined };
  try {
    return manifestDigest(await digestFolder(directory, reading));
  } catch (caught) {
    if (caught instanceof ServerError || codeOf(caught) === 'EIO') return undefined;
    throw caught;
  }
}

async function digestFolder(directory: string, reading: Reading): Promise<readonly RegistryFile[]> {
  const files: RegistryFile[] = [];
  for (const path of await listFiles(directory, reading.root)) {
    const absolute = join(directory, path);
    const stats = await statFile(reading.root, absolute);
    if (stats === undefined) throw new ServerError('unavailable', `${absolute} leads nowhere; replace or remove it`);
    const sha256 = await digestFile({ path: absolute, stats }, reading.former, reading.signal);
    reading.digests.set(absolute, { stamp: stampOf(stats), sha256 });
    files.push({ path, size: Number(stats.size), sha256 });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Paths of the folder's files, relative to it, with '/' between the parts. Links may not leave `root`. */
export async function listFiles(directory: string, root: string): Promise<readonly string[]> {
  const files: string[] = [];
  const waiting = [''];
  for (const prefix of waiting) {
    const inside = join(directory, prefix);
    await checkInside(root, inside);
    for (const entry of await listDirectory(inside, MAX_FILES)) {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) waiting.push(`${path}/`);
      else files.push(path);
    }
    if (files.length > MAX_FILES || waiting.length > MAX_FILES || prefix.split('/').length > MAX_DEPTH) {
      throw new ServerError(
        'resource_exhausted',
        `${directory} has more than ${MAX_FILES} files or folders, or more than ${MAX_DEPTH} levels of them`,
      );
    }
  }
  return files;
}
