/** Where each serve process keeps what it needs to start without an admin process. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './place.ts';

const NUMBERED = /^serve-(\d{1,3})$/;

/** The first one's has no number: a lone process has the same, so that another count of them costs nothing. */
export function stateDirectory(dataDir: string, { number }: Pick<Place, 'number'>): string {
  return join(dataDir, number === 1 ? 'serve' : `serve-${String(number)}`);
}

/**
 * Removes those of processes that there are no more: they hold on to the files of versions. Not before this server has
 * the data directory for itself. Never rejects: what stays costs disk space only, until the next start.
 */
export async function removeStateBeyond(dataDir: string, processes: number): Promise<void> {
  try {
    for (const name of await readdir(dataDir)) {
      const number = Number(NUMBERED.exec(name)?.[1] ?? 0);
      if (number > processes) await rm(join(dataDir, name), { recursive: true, force: true });
    }
  } catch {
    // See above.
  }
}
