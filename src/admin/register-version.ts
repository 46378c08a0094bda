/** Registers a version: its files come first, then its row, and from there on it is in line for qualification. */
import { ServerError } from '../domain/errors.ts';
import type { RegisteredVersion } from '../domain/registry.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { BlobBatch } from '../registry/blob-batch.ts';
import type { Blobs } from '../registry/blobs.ts';
import { manifestDigest } from '../registry/digest.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { checkNewVersion } from './register-version-check.ts';
import type { NewVersionInput } from './register-version-check.ts';
import { putNewVersion, refuseOther } from './register-version-row.ts';
import type { Registration } from './register-version-row.ts';
import { findVersion } from './resolve-version.ts';
import { importFolder, receiveFiles } from './upload.ts';
import type { FilePiece, UploadLimits, UploadPlaces } from './upload.ts';

export interface RegistrationDeps {
  readonly blobs: Blobs;
  readonly limits: UploadLimits;
  /** Of limits.maxConcurrentUploads. */
  readonly places: UploadPlaces;
  readonly qualifier: { enqueue(model: string, version: string): void };
}

/** The version that there is afterwards; `created` is false where it was there before, with the same files. */
export async function registerVersion(
  context: AdminContext,
  deps: RegistrationDeps,
  order: Order,
  input: NewVersionInput,
  files: AsyncIterable<FilePiece>,
): Promise<{ readonly version: RegisteredVersion; readonly created: boolean }> {
  checkNewVersion(input);
  using _place = deps.places.take();
  await using batch = deps.blobs.begin();
  const received = await takeFiles(batch, deps.limits, input, files);
  const { model, version, created } = await enter(context, batch, order, { ...input, files: received });
  const row = await findVersion(context.store, model, version);
  if (row.state === 'uploaded') deps.qualifier.enqueue(model, version);
  return { version: row, created };
}

async function takeFiles(
  batch: BlobBatch,
  limits: UploadLimits,
  { path }: NewVersionInput,
  files: AsyncIterable<FilePiece>,
): Promise<readonly RegistryFile[]> {
  if (path === '') return await receiveFiles(batch, files, limits);
  for await (const piece of files) {
    const message = `file "${piece.path.slice(0, 100)}" was sent although path ${JSON.stringify(path.slice(0, 100))} is given; give one of the two`;
    throw new ServerError('invalid_argument', message);
  }
  return await importFolder(batch, path, limits);
}

/** The batch is kept just before, and held until the transaction is over: no file is collected in between. */
async function enter(
  context: AdminContext,
  batch: BlobBatch,
  order: Order,
  input: NewVersionInput & { readonly files: readonly RegistryFile[] },
): Promise<Registration> {
  const { files, model, version, metadata, path, warm } = input;
  const digest = manifestDigest(files);
  const { idempotencyKey: key } = order;
  const isRepeated = key !== '' && (await context.store.remembered(key)) !== undefined;
  const former = version === '' || isRepeated ? undefined : await context.store.version(model, version);
  // Before its files take their places, since nobody would need them.
  if (former !== undefined) refuseOther(former, digest);
  await batch.keep();
  const request = { model, version, metadata, path, warm, digest };
  return await change(context, { method: 'RegisterVersion', request, order, model }, (writer) =>
    putNewVersion(writer, context, { model, version, digest, files, metadata, warm }, order),
  );
}
