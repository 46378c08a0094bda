/** Makes a version's shared layout: its model file anew, with the weights beside it as files that sessions can map. */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { ServerError } from '../domain/errors.ts';
import { checkExternalFile } from '../onnx/external-files.ts';
import type { FoundFile } from '../onnx/external-files.ts';
import { bytesOf, mapModel } from '../onnx/model-map.ts';
import type { ModelMap } from '../onnx/model-map.ts';
import { rewriteModel } from '../onnx/rewrite.ts';
import { WireReader } from '../onnx/wire-reader.ts';
import { ModelFile, writeAll } from './model-file.ts';
import {
  UNFINISHED,
  WEIGHTS_NAME,
  codeOf,
  linkOrCopyFile,
  namesIn,
  putWeights,
  releaseWeights,
  tidyPool,
} from './weights-pool.ts';

const MODEL_FILE = 'model.onnx';
/** A part of the path is missing, is a file, leads round in circles, or is too long to be there. */
const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/** Where a layout is to be. */
export interface LayoutPlace {
  /** The version's own model file; the files that it needs lie beside it. */
  readonly model: string;
  /** Where it is put, whole or not at all; on the disk of the pool. */
  readonly folder: string;
  readonly pool: string;
}

export interface SharedLayout {
  /** Of the model file to load. */
  readonly path: string;
  /** Of the rewritten file; '' where the version's own can be mapped as it is. */
  readonly digest: string;
}

/**
 * Of all weights that would lie in mapped files. Throws with the reason where the model or a file that it needs is not
 * one that the runtime should be given.
 */
export function sharableBytes(model: string): number {
  using file = ModelFile.open(model);
  const { weights, externalFiles } = mapFile(file, model);
  const moved = weights.reduce((sum, each) => sum + bytesOf(each), 0);
  return externalFiles.reduce((sum, { bytes }) => sum + bytes, moved);
}

/** Throws with the reason where it cannot be. */
export function shareWeights(place: LayoutPlace): SharedLayout {
  using file = ModelFile.open(place.model);
  const map = mapFile(file, place.model);
  if (map.weights.length === 0) return { path: place.model, digest: '' };
  return { path: join(place.folder, MODEL_FILE), digest: write(file, map, place) };
}

function mapFile(file: ModelFile, path: string): ModelMap {
  const map = mapModel(new WireReader(file));
  for (const external of map.externalFiles) checkExternalFile(external, findFile(dirname(path), external.path));
  return map;
}

/**
 * Makes sure that the layout in `folder` is the one with this digest: the one from before, or one made anew. What was
 * `checked` before is only looked at for being there.
 */
export function bringLayout(place: LayoutPlace, digest: string, { checked }: { readonly checked: boolean }): void {
  const wasThere = existsSync(place.folder);
  if (isLayout(place, digest, { checked })) return;
  if (wasThere) removeLayout(place);
  shareUnlessThere(place);
  if (isLayout(place, digest, { checked: false })) return;
  removeLayout(place);
  throw new ServerError('data_loss', 'its weights, laid out anew, are not those that were qualified; see the disk');
}

/** Where a successor starts, two processes may be at it: the layout of the quicker one is as good. */
function shareUnlessThere(place: LayoutPlace): void {
  try {
    shareWeights(place);
  } catch (caught) {
    if (codeOf(caught) !== 'ENOTEMPTY' && codeOf(caught) !== 'EEXIST') throw caught;
  }
}

/** What is mapped stays so until its sessions are closed. */
export function removeLayout({ folder, pool }: Omit<LayoutPlace, 'model'>): void {
  const names = namesIn(folder);
  rmSync(folder, { recursive: true, force: true });
  releaseWeights(pool, names);
}

/** Removes the layouts in `dir` but those of these versions, and from the pool what nobody uses. */
export function keepLayouts(order: {
  readonly dir: string;
  readonly pool: string;
  readonly digests: ReadonlySet<string>;
}): void {
  const { dir, pool, digests } = order;
  for (const name of namesIn(dir)) if (!digests.has(name)) removeLayout({ folder: join(dir, name), pool });
  tidyPool(pool);
}

/** The digest of the rewritten model file. */
function write(file: ModelFile, map: ModelMap, { model, folder, pool }: LayoutPlace): string {
  mkdirSync(pool, { recursive: true });
  const aside = join(pool, `${UNFINISHED}${randomUUID()}`);
  mkdirSync(aside);
  try {
    for (const { path } of map.externalFiles) {
      mkdirSync(dirname(join(aside, path)), { recursive: true });
      linkOrCopyFile(realpathSync(join(dirname(model), path)), join(aside, path));
    }
    const digest = writeModel(file, map, { pool, folder: aside });
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(aside, folder);
    return digest;
  } catch (caught) {
    removeLayout({ folder: aside, pool });
    throw caught;
  }
}

function writeModel(file: ModelFile, map: ModelMap, place: Omit<LayoutPlace, 'model'>): string {
  const names = new Map(map.weights.map((each) => [each, putWeights({ file, values: each.values }, place)]));
  const hash = createHash('sha256');
  const target = openSync(join(place.folder, MODEL_FILE), 'wx');
  try {
    for (const piece of rewriteModel(map, (each) => names.get(each) ?? '')) {
      if (piece instanceof Uint8Array) writeAll(target, piece, hash);
      else file.copy(piece, target, hash);
    }
  } finally {
    closeSync(target);
  }
  return hash.digest('hex');
}

/** Weights that are not what their names say leave the pool, so that nobody shares them any more. */
function isLayout({ folder, pool }: LayoutPlace, digest: string, { checked }: { readonly checked: boolean }): boolean {
  try {
    using file = ModelFile.open(join(folder, MODEL_FILE));
    if (file.digest() !== digest) return false;
    for (const { path } of mapFile(file, join(folder, MODEL_FILE)).externalFiles) {
      if (checked || !WEIGHTS_NAME.test(path)) continue;
      using weights = ModelFile.open(join(folder, path));
      if (weights.digest() === path) continue;
      rmSync(join(pool, path), { force: true });
      return false;
    }
    return true;
  } catch (caught) {
    if (caught instanceof ServerError || codeOf(caught) === 'ENOENT') return false;
    throw caught;
  }
}

/** Links are followed, but not out of the folder. */
function findFile(folder: string, path: string): FoundFile {
  try {
    const real = realpathSync(join(folder, path));
    if (!real.startsWith(`${realpathSync(folder)}${sep}`)) return { kind: 'outside' };
    const stats = statSync(real);
    return stats.isFile() ? { kind: 'file', size: stats.size } : { kind: 'no file' };
  } catch (caught) {
    if (MISSING.has(codeOf(caught))) return { kind: 'missing' };
    throw caught;
  }
}
