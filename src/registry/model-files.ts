/** Access to files below a directory that neither leaves it nor waits for what is no file. */
import { open, opendir, realpath, stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ServerError } from '../domain/errors.ts';
import { isMissing } from './file-errors.ts';

/** More than any description of a model needs. Parsing this much would take some 10 ms, the usual 5 kB take 0.05. */
const MAX_JSON_BYTES = 2 ** 20;

export interface Entry {
  readonly name: string;
  readonly isDirectory: boolean;
}

/**
 * What a directory holds, by name, links followed, less the "..data" of Kubernetes' mounted volumes, to which the
 * other names link. More than `limit` entries are refused.
 */
export async function listDirectory(directory: string, limit: number): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of await opendir(directory)) {
    if (entry.name.startsWith('..')) continue;
    if (entries.length === limit) {
      throw new ServerError('resource_exhausted', `${directory} has more than ${limit} entries; move some away`);
    }
    const path = join(directory, entry.name);
    const isDirectory = entry.isSymbolicLink() ? await leadsToDirectory(path) : entry.isDirectory();
    entries.push({ name: entry.name, isDirectory });
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A link to nothing is no directory; whoever opens it gets the reason. */
async function leadsToDirectory(path: string): Promise<boolean> {
  const stats = await ifPresent(stat(path));
  return stats?.isDirectory() ?? false;
}

/** Throws where a link leads outside of `root`. */
export async function checkInside(root: string, path: string): Promise<void> {
  const away = relative(root, await realpath(path));
  if (away === '..' || away.startsWith(`..${sep}`)) {
    throw new ServerError('invalid_argument', `${path} leads outside of ${root}; copy it to where it should be`);
  }
}

/** The state of a regular file inside `root`; undefined where nothing is. */
export async function statFile(root: string, path: string): Promise<BigIntStats | undefined> {
  const stats = await ifPresent(stat(path, { bigint: true }));
  if (stats === undefined) return undefined;
  await checkInside(root, path);
  if (!stats.isFile()) throw new ServerError('invalid_argument', `${path} is not a regular file; replace it with one`);
  return stats;
}

/** The text of a file inside `root`; undefined where nothing is. */
export async function readSmallFile(root: string, path: string): Promise<string | undefined> {
  if ((await statFile(root, path)) === undefined) return undefined;
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(MAX_JSON_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    if (length <= MAX_JSON_BYTES) return buffer.toString('utf8', 0, length);
    throw new ServerError('invalid_argument', `${path} is larger than ${MAX_JSON_BYTES} bytes; make it smaller`);
  } finally {
    await handle.close();
  }
}

async function ifPresent<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (caught) {
    if (isMissing(caught)) return undefined;
    throw caught;
  }
}
