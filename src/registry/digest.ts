/** Digests of files, read once: a file that did not change since is not read again. */
import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { ServerError } from '../domain/errors.ts';
import type { RegistryFile } from '../domain/registry-file.ts';

/** Hashing this much takes 0.05 ms to 0.2 ms, which is as long as the main thread may be held. */
const CHUNK_BYTES = 2 ** 16;

/** By absolute path. Belongs to whoever reads the directory again; it holds one entry per file. */
export type DigestCache = Map<string, KnownDigest>;

interface KnownDigest {
  readonly stamp: string;
  readonly sha256: string;
}

/** sha256 in hex; `stats` are the file's, taken just before. */
export async function digestFile(
  file: { readonly path: string; readonly stats: BigIntStats },
  known: ReadonlyMap<string, KnownDigest>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const stamp = stampOf(file.stats);
  const former = known.get(file.path);
  if (former?.stamp === stamp) return former.sha256;
  const handle = await open(file.path, 'r');
  try {
    const { sha256 } = await hashOpenFile(handle, signal);
    if (stampOf(await handle.stat({ bigint: true })) !== stamp) {
      throw new ServerError('unavailable', `${file.path} changed while it was read; read the directory again`);
    }
    return sha256;
  } finally {
    await handle.close();
  }
}

/** From where the handle stands to the end, in pieces that hold the thread for a moment each. */
export async function hashOpenFile(
  handle: FileHandle,
  signal?: AbortSignal,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let size = 0; ;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), size };
    hash.update(chunk.subarray(0, bytesRead));
    size += bytesRead;
  }
}

/**
 * The identity of a version: sha256 over one line "path NUL size NUL sha256 LF" per file, sorted by path in UTF-16
 * order, in hex. Two versions with the same files have the same digest, wherever they lie.
 */
export function manifestDigest(files: readonly RegistryFile[]): string {
  const hash = createHash('sha256');
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${file.path}\0${file.size}\0${file.sha256}\n`);
  }
  return hash.digest('hex');
}

/** Changes whenever the content may have; ctime sees copies that preserve the modification time. */
export function stampOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}
