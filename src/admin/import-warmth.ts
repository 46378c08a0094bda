/** Versions in the models directory are warm: loaded without traffic. Those that left it are so no longer. */
import { versionKey } from '../domain/version.ts';
import type { RegisteredVersion } from '../domain/registry.ts';
import type { DirectoryListing } from '../registry/directory.ts';
import type { AdminContext, Order } from './context.ts';

export async function warm(context: AdminContext, version: RegisteredVersion, order: Order): Promise<void> {
  if (!version.warm) await setWarm(context, version, true, order);
}

export interface Cooling {
  readonly listing: DirectoryListing;
  /** Only versions that this actor registered are the directory's to cool. */
  readonly importedBy: string;
  readonly order: Order;
}

/** What could not be read stays as it is: the reason may be gone by the next time. */
export async function coolWhatLeft(context: AdminContext, { listing, importedBy, order }: Cooling): Promise<void> {
  const listed = new Set(
    listing.models.flatMap(({ specs }) => specs.map(({ model, version }) => versionKey(model, version))),
  );
  const unread = new Set(listing.problems.map(({ model, version }) => versionKey(model, version)));
  for (const { model, version, warm: isWarm } of await context.store.versionStates()) {
    if (!isWarm || listed.has(versionKey(model, version))) continue;
    if (unread.has(versionKey(model, version)) || unread.has(versionKey(model, ''))) continue;
    const row = await context.store.version(model, version);
    if (row?.createdBy === importedBy) await setWarm(context, row, false, order);
  }
}

async function setWarm(
  { store, changes, now }: AdminContext,
  { model, version: subject }: RegisteredVersion,
  isWarm: boolean,
  { actor, reason }: Order,
): Promise<void> {
  await store.transact(async (writer) => {
    const version = await writer.version(model, subject);
    if (version === undefined || version.state === 'deleted' || version.warm === isWarm) return;
    await writer.putVersion({ ...version, warm: isWarm });
    const event = { kind: 'version.updated', model, subject, actor, reason } as const;
    await writer.append({ at: now(), ...event, before: { warm: !isWarm }, after: { warm: isWarm } });
    await writer.touch();
  });
  changes.tell(model);
}
