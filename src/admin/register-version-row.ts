/** Puts a new version into the registry, inside a transaction; whoever registers versions comes by here. */
import { ServerError } from '../domain/errors.ts';
import type { RegisteredVersion, VersionMetadata } from '../domain/registry.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import type { AdminContext, Order } from './context.ts';

export interface NewRow {
  readonly model: string;
  /** '' = the time, in UTC, with a number where that is taken. */
  readonly version: string;
  readonly digest: string;
  readonly files: readonly RegistryFile[];
  readonly metadata: VersionMetadata;
  readonly warm: boolean;
}

/** Says which version this is, and whether it is new. A plain object: it is kept under idempotency keys. */
export interface Registration {
  readonly model: string;
  readonly version: string;
  readonly created: boolean;
}

const MAX_IN_ONE_SECOND = 1000;

/** ALREADY_EXISTS where the name belongs to other files or to a deleted version. */
export async function putNewVersion(
  writer: StoreWriter,
  { now, stageRules }: Pick<AdminContext, 'now' | 'stageRules'>,
  { model, version: wanted, digest, files, metadata, warm }: NewRow,
  { actor, reason }: Omit<Order, 'idempotencyKey'>,
): Promise<Registration> {
  const at = now();
  const version = wanted === '' ? await freeName(writer, model, at) : wanted;
  const former = await writer.version(model, version);
  if (former !== undefined) {
    refuseOther(former, digest);
    return { model, version, created: false };
  }
  if ((await writer.model(model)) === undefined) {
    await writer.putModel({ model, config: {}, importedTraffic: undefined, createdAt: at });
  }
  const stage = stageRules.stages[0] ?? '';
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const state = 'uploaded' as const;
  await writer.putVersion({
    ...{ model, version, digest, files, bytes, state, reason: '', stage, metadata, warm },
    ...{ report: undefined, createdAt: at, createdBy: actor, deletedAt: undefined },
  });
  const after = { state, stage, digest, bytes, files: files.length, warm };
  await writer.append({
    ...{ at, kind: 'version.registered', model, subject: version, actor, reason, before: {} },
    after,
  });
  await writer.touch();
  return { model, version, created: true };
}

/** Throws where the name cannot be taken by files of this digest. */
export function refuseOther({ model, version, state, digest, deletedAt }: RegisteredVersion, wanted: string): void {
  const subject = `version "${version}" of model "${model}"`;
  if (state === 'deleted') {
    const when = new Date(deletedAt ?? 0).toISOString();
    throw new ServerError(
      'already_exists',
      `${subject} was deleted at ${when}, and its name stays taken; take another`,
    );
  }
  if (digest === wanted) return;
  const message = `${subject} has other files (digest ${digest}, these have ${wanted}); versions are immutable, take another name`;
  throw new ServerError('already_exists', message);
}

async function freeName(store: StoreReader, model: string, at: number): Promise<string> {
  const second = new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  for (let count = 1; count <= MAX_IN_ONE_SECOND; count += 1) {
    const name = count === 1 ? second : `${second}_${count}`;
    if ((await store.version(model, name)) === undefined) return name;
  }
  const message = `model "${model}" has ${MAX_IN_ONE_SECOND} versions of this second already; try again in a second`;
  throw new ServerError('resource_exhausted', message);
}
