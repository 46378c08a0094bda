/** What the registry's log says that a caller may have been answered by: read from the store after the server's end. */
import { join } from 'node:path';
import type { Epoch } from '../../src/domain/registry.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import { slotOf } from '../../src/routing/pick.ts';

export class EpochLog {
  readonly epochs: ReadonlyMap<number, Epoch>;

  private constructor(epochs: readonly Epoch[]) {
    this.epochs = new Map(epochs.map((epoch) => [epoch.policy.epoch, epoch]));
  }

  static async read(dataDir: string, model: string): Promise<EpochLog> {
    const store = await openSqliteStore({ path: join(dataDir, 'registry.db') });
    try {
      return new EpochLog(await store.epochsSince(0, model));
    } finally {
      await store.close();
    }
  }

  /** The one version that a key gets under an epoch; undefined where there was no such epoch. */
  versionFor(epoch: number, key: string): string | undefined {
    const policy = this.epochs.get(epoch)?.policy;
    if (policy === undefined) return undefined;
    const slot = slotOf(policy.salt, key);
    return policy.arms.find(({ slots }) => slots.some(([from, below]) => slot >= from && slot < below))?.version;
  }
}
