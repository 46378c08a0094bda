/** What goes wrong with files, in sentences. */
import { ServerError } from '../domain/errors.ts';

/** A full disk becomes a sentence; everything else stays what it is. */
export function fromFileError(caught: unknown): unknown {
  const code = codeOf(caught);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return caught;
  const message =
    "the disk for the registry's files is full; free some space, for example with GarbageCollect, and retry";
  return new ServerError('resource_exhausted', message, { cause: caught });
}

export function isMissing(caught: unknown): boolean {
  const code = codeOf(caught);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The system's word for it: "ENOENT". */
export function codeOf(caught: unknown): string {
  return caught instanceof Error && 'code' in caught && typeof caught.code === 'string' ? caught.code : '';
}
