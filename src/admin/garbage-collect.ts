/** Removes files that no version needs: those of deleted versions, and those of registrations that broke off. */
import type { RegistryFile } from '../domain/registry-file.ts';
import type { Blobs, StoredBlob, Withdrawal } from '../registry/blobs.ts';
import type { StoreReader } from '../registry/store.ts';
import type { AdminContext, Order } from './context.ts';

export interface GarbageReport {
  /** Removed, or in a dry run to be removed; the path is '' where no version is known to have had the file. */
  readonly removed: readonly RegistryFile[];
  readonly bytes: number;
  /** Files that deleted versions would let go of, but that epochs within the retention name. */
  readonly retained: number;
  readonly dryRun: boolean;
}

/** Files that no version has are left alone for so long: one may be on its way. */
const ORPHAN_MS = 3_600_000;
/** Removed by one call: the rest waits for the next. */
const MAX_REMOVED = 10_000;
const MAX_NAMED_IN_EVENT = 100;

/**
 * The event is committed first, and the files go after: a crash in between leaves files that the next call removes.
 * What is removed is decided inside the transaction and withdrawn there, so a registration either was committed before
 * and its files are in use, or holds them, or waits until they are gone and then stores its own.
 */
export async function garbageCollect(
  context: AdminContext,
  blobs: Blobs,
  { confirm }: { readonly confirm: boolean },
  { actor, reason }: Pick<Order, 'actor' | 'reason'>,
): Promise<GarbageReport> {
  const stored: StoredBlob[] = [];
  for await (const blob of blobs.list()) stored.push(blob);
  if (!confirm) return reportOf(await findGarbage(context, context.store, stored), true);
  let withdrawal: Withdrawal | undefined;
  try {
    const report = await context.store.transact(async (writer) => {
      const garbage = await findGarbage(context, writer, stored);
      withdrawal = blobs.withdraw(garbage.files.map(({ sha256 }) => sha256));
      const leaving = new Set(withdrawal.sha256s);
      const made = reportOf({ ...garbage, files: garbage.files.filter(({ sha256 }) => leaving.has(sha256)) }, false);
      const count = made.removed.length;
      if (count === 0) return made;
      const after = { files: count, bytes: made.bytes, sha256s: [...leaving].slice(0, MAX_NAMED_IN_EVENT) };
      const event = { kind: 'blobs.collected', model: '', subject: '', actor, reason } as const;
      await writer.append({ at: context.now(), ...event, before: {}, after });
      return made;
    });
    await withdrawal?.carryOut();
    return report;
  } finally {
    withdrawal?.cancel();
  }
}

interface Garbage {
  readonly files: readonly RegistryFile[];
  readonly retained: number;
}

async function findGarbage(
  { now, epochRetentionMs }: AdminContext,
  store: StoreReader,
  stored: readonly StoredBlob[],
): Promise<Garbage> {
  const inUse = await store.blobsInUse();
  const needed = await digestsOfEpochs(store, now() - epochRetentionMs);
  const ofDeleted = Map.groupBy(await store.blobsOfDeleted(), ({ sha256 }) => sha256);
  const files: RegistryFile[] = [];
  let retained = 0;
  for (const { sha256, size, storedAt } of stored) {
    if (inUse.has(sha256)) continue;
    const former = ofDeleted.get(sha256);
    if (former?.some(({ digest }) => needed.has(digest)) === true) {
      retained += 1;
      continue;
    }
    const isYoung = former === undefined && storedAt > now() - ORPHAN_MS;
    if (!isYoung && files.length < MAX_REMOVED) files.push({ path: former?.[0]?.path ?? '', size, sha256 });
  }
  return { files, retained };
}

async function digestsOfEpochs(store: StoreReader, since: number): Promise<ReadonlySet<string>> {
  const epochs = await store.epochsSince(since);
  return new Set(epochs.flatMap(({ digests }) => Object.values(digests)));
}

function reportOf({ files, retained }: Garbage, dryRun: boolean): GarbageReport {
  return { removed: files, bytes: files.reduce((sum, file) => sum + file.size, 0), retained, dryRun };
}
