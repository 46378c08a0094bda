/** Brings what the models directory holds into the registry: new versions, what is to be warm, settings and traffic. */
import { dirname, join } from 'node:path';
import { ServerError, describeError } from '../domain/errors.ts';
import type { RegisteredVersion } from '../domain/registry.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { VersionSpec } from '../domain/version.ts';
import type { Blobs } from '../registry/blobs.ts';
import { manifestDigest } from '../registry/digest.ts';
import type { DirectoryListing, DirectoryProblem, ModelListing } from '../registry/directory.ts';
import type { AdminContext, Order } from './context.ts';
import { importConfig } from './import-config.ts';
import { importMetadata } from './import-metadata.ts';
import { importTraffic } from './import-traffic.ts';
import { coolWhatLeft, warm } from './import-warmth.ts';
import { putNewVersion } from './register-version-row.ts';

export interface ImportDeps {
  readonly blobs: Blobs;
  readonly qualifier: {
    enqueue(model: string, version: string): void;
    /** Resolves once no version of the model waits to be qualified. */
    decided(model: string): Promise<void>;
  };
}

export interface ImportReport {
  /** Versions that the registry did not know. */
  readonly registered: readonly { readonly model: string; readonly version: string }[];
  /** Those of the listing, and what the registry cannot take. */
  readonly problems: readonly DirectoryProblem[];
  /**
   * Resolves once the listed models' versions are qualified or rejected and the traffic that config.json asks for is in
   * force, with what stood in the way. Never rejects.
   */
  readonly settled: Promise<readonly DirectoryProblem[]>;
}

const IMPORT_ACTOR = 'models-directory';

const IMPORT_ORDER: Order = { actor: IMPORT_ACTOR, reason: 'read from the models directory', idempotencyKey: '' };

export async function importDirectory(
  context: AdminContext,
  deps: ImportDeps,
  listing: DirectoryListing,
): Promise<ImportReport> {
  const problems = [...listing.problems];
  const registered: ImportReport['registered'][number][] = [];
  for (const model of listing.models) {
    const fresh: string[] = [];
    for (const spec of model.specs) {
      try {
        if (await importVersion(context, deps, spec)) fresh.push(spec.version);
      } catch (caught) {
        problems.push({ model: model.model, version: spec.version, reason: describeError(caught) });
      }
    }
    try {
      await importConfig(context, model, IMPORT_ORDER);
    } catch (caught) {
      problems.push({ model: model.model, version: '', reason: describeError(caught) });
    }
    // Now, since they are qualified under the settings.
    for (const version of fresh) deps.qualifier.enqueue(model.model, version);
    registered.push(...fresh.map((version) => ({ model: model.model, version })));
  }
  await coolWhatLeft(context, { listing, importedBy: IMPORT_ACTOR, order: IMPORT_ORDER });
  return { registered, problems, settled: settle(context, deps, listing.models) };
}

/** Whether it is new. Throws with the reason where the registry has something else under its name. */
async function importVersion(context: AdminContext, { blobs }: ImportDeps, spec: VersionSpec): Promise<boolean> {
  const { model, version, digest } = spec;
  const known = await context.store.version(model, version);
  if (known !== undefined) {
    refuse(known, digest, await deleterOf(context, known));
    await warm(context, known, IMPORT_ORDER);
    return false;
  }
  await using batch = blobs.begin();
  const files: RegistryFile[] = [];
  for (const { path } of spec.files) {
    files.push({ path, ...(await batch.importFile(join(dirname(spec.path), path))) });
  }
  if (manifestDigest(files) !== digest) {
    throw new ServerError('unavailable', 'its files changed while they were read; read the directory again');
  }
  await batch.keep();
  const row = { model, version, digest, files, metadata: importMetadata(spec.metadata), warm: true };
  const { created } = await context.store.transact((writer) => putNewVersion(writer, context, row, IMPORT_ORDER));
  context.changes.tell(model);
  return created;
}

function refuse(known: RegisteredVersion, digest: string, deleter: string): void {
  if (known.state === 'deleted') {
    throw new ServerError('already_exists', `it was deleted by ${deleter}; remove the folder, or give it another name`);
  }
  if (known.digest === digest) return;
  throw new ServerError(
    'already_exists',
    `it is registered with other files, and a version is immutable; give the new files another version name`,
  );
}

async function deleterOf({ store }: AdminContext, { model, version, state }: RegisteredVersion): Promise<string> {
  if (state !== 'deleted') return '';
  const events = await store.events({ model, kind: 'version.deleted' }, { limit: 1000 });
  return events.find(({ subject }) => subject === version)?.actor ?? 'somebody';
}

async function settle(
  context: AdminContext,
  { qualifier }: ImportDeps,
  models: readonly ModelListing[],
): Promise<readonly DirectoryProblem[]> {
  const problems: DirectoryProblem[] = [];
  for (const { model, traffic } of models) {
    await qualifier.decided(model);
    if (traffic === undefined) continue;
    try {
      await importTraffic(context, { model, weights: traffic }, IMPORT_ORDER);
    } catch (caught) {
      problems.push({ model, version: '', reason: `config.json's traffic was not applied: ${describeError(caught)}` });
    }
  }
  return problems;
}
