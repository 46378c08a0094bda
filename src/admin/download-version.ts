/** The files of a version as they were registered, one after the other, each checked against its digest. */
import type { AdminContext } from './context.ts';
import type { Blobs } from '../registry/blobs.ts';
import { resolveVersion } from './resolve-version.ts';
import type { FilePiece } from './upload.ts';

/** In pieces; an empty file is one empty piece. Ends with DATA_LOSS where a file is damaged or gone. */
export async function* downloadVersion(
  { store }: Pick<AdminContext, 'store'>,
  blobs: Pick<Blobs, 'read'>,
  { model, version }: { readonly model: string; readonly version: string },
): AsyncGenerator<FilePiece, void, void> {
  const { files } = await resolveVersion(store, model, version);
  for (const { path, sha256, size } of files) {
    for await (const data of blobs.read(sha256)) yield { path, data };
    if (size === 0) yield { path, data: new Uint8Array(0) };
  }
}
