/** Writing files so that they are whole and on the disk, or not there at all. */
import { constants } from 'node:fs';
import { chmod, copyFile, open, unlink } from 'node:fs/promises';
import { fromFileError, isMissing } from './file-errors.ts';

/** Nobody changes a registered file, not even by mistake. */
export const READ_ONLY = 0o444;

/** Writes a new, read-only file from its pieces; where the source fails, nothing is left. */
export async function writeFileFrom(source: AsyncIterable<Uint8Array>, target: string): Promise<void> {
  try {
    const handle = await open(target, 'wx', READ_ONLY);
    try {
      for await (const piece of source) await handle.writeFile(piece);
    } finally {
      await handle.close();
    }
  } catch (caught) {
    if (!alreadyThere(caught)) await removeIfThere(target);
    throw fromFileError(caught);
  }
}

/** A file of its own with the same content, sharing its blocks where the file system can; read-only. */
export async function cloneFile(source: string, target: string): Promise<void> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(target, READ_ONLY);
  } catch (caught) {
    if (!alreadyThere(caught)) await removeIfThere(target);
    throw fromFileError(caught);
  }
}

function alreadyThere(caught: unknown): boolean {
  return caught instanceof Error && 'code' in caught && caught.code === 'EEXIST';
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (caught) {
    if (!isMissing(caught)) throw caught;
  }
}

/** What was renamed into the directory, or removed from it, is so after a power cut too. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
