/** A registry in memory with a clock that stands still, and serve processes that say what the test makes them say. */
import { settings, report, signature } from './builders.ts';
import type { Signature } from '../../src/domain/signature.ts';
import { Changes } from '../../src/admin/changes.ts';
import { UNKNOWN_ACTOR } from '../../src/admin/context.ts';
import type { AdminContext, Order, StageRules } from '../../src/admin/context.ts';
import { beginFirstTraffic } from '../../src/admin/first-traffic.ts';
import type { Fleet, InstanceEpoch, InstanceVersion, InstanceView } from '../../src/admin/fleet.ts';
import { ServerError } from '../../src/domain/errors.ts';
import type { RegisteredVersion } from '../../src/domain/registry.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import type { Store } from '../../src/registry/store.ts';

/** 2026-01-01, in epoch ms. */
export const DAWN = Date.UTC(2026, 0, 1);

/** Serve processes that are where the test puts them. */
export class FakeFleet implements Fleet {
  readonly inForce = new Map<string, number>();
  readonly stands: InstanceVersion[] = [];
  readonly waits: { model: string; epoch: number; ms: number }[] = [];

  epochs(): readonly InstanceEpoch[] {
    return [...this.inForce].map(([instance, epoch]) => ({ instance, epoch, reason: '' }));
  }

  versions(): readonly InstanceVersion[] {
    return this.stands;
  }

  instances(): readonly InstanceView[] {
    return [...this.inForce.keys()].map((instance) => ({
      instance,
      connected: true,
      since: DAWN,
      address: '127.0.0.1:50051',
      serverVersion: '0',
      readyVersions: 0,
      failedVersions: 0,
      settled: true,
    }));
  }

  whenApplied(want: { model: string; epoch: number; ms: number }): Promise<boolean> {
    this.waits.push(want);
    return Promise.resolve([...this.inForce.values()].every((epoch) => epoch >= want.epoch));
  }
}

export interface Scene extends AsyncDisposable {
  readonly context: AdminContext;
  readonly store: Store;
  readonly fleet: FakeFleet;
  /** Models about which listeners were told. */
  readonly told: string[];
  /** Moves the clock on. */
  pass(ms: number): void;
  /** Puts a version into the registry: qualified, with its first traffic, unless told otherwise. */
  register(version: string, over?: Partial<RegisteredVersion> & { signature?: Signature }): Promise<RegisteredVersion>;
}

export const STAGES: StageRules = { stages: ['development', 'staging', 'production'], approvals: new Map() };

export async function openScene(over: Partial<AdminContext> = {}): Promise<Scene> {
  const store = over.store ?? (await openSqliteStore({ path: ':memory:' }));
  const fleet = new FakeFleet();
  const changes = new Changes();
  const told: string[] = [];
  changes.listen((model) => told.push(model));
  let now = DAWN;
  let salts = 0;
  const context: AdminContext = {
    store,
    fleet,
    changes,
    stageRules: STAGES,
    settingsOf: (config) => {
      if ('colour' in config) throw new ServerError('invalid_argument', 'unknown key "colour"');
      return settings();
    },
    now: () => now,
    newSalt: () => `salt-${(salts += 1)}`,
    holdFormerMs: 0,
    epochRetentionMs: 0,
    ...over,
  };
  return {
    context,
    store,
    fleet,
    told,
    pass: (ms) => {
      now += ms;
    },
    register: async (version, { signature: taken, ...rest } = {}) => {
      const row = registered({ version, createdAt: now, report: report({ signature: taken ?? signature() }), ...rest });
      await store.transact(async (writer) => {
        const model = await writer.model(row.model);
        if (model === undefined) {
          await writer.putModel({ model: row.model, config: {}, importedTraffic: undefined, createdAt: now });
        }
        await writer.putVersion(row);
        if (row.state === 'qualified') await beginFirstTraffic(writer, context, row);
      });
      return row;
    },
    [Symbol.asyncDispose]: async () => {
      if (over.store === undefined) await store.close();
    },
  };
}

/** Version 1 of iris, qualified. */
export function registered(over: Partial<RegisteredVersion> = {}): RegisteredVersion {
  const { model = 'iris', version = '1' } = over;
  return {
    model,
    version,
    digest: `digest of ${model}/${version}`,
    files: [{ path: 'model.onnx', size: 1, sha256: `sha256 of ${model}/${version}` }],
    bytes: 1,
    state: 'qualified',
    reason: '',
    stage: 'development',
    metadata: {
      description: '',
      tags: {},
      modelType: '',
      framework: '',
      metrics: {},
      parameters: {},
      trainingData: '',
      trainingDataDigest: '',
      codeCommit: '',
      dependencyLockDigest: '',
      source: '',
      parent: '',
      extra: {},
    },
    warm: false,
    report: report(),
    createdAt: DAWN,
    createdBy: 'ann',
    deletedAt: undefined,
    ...over,
  };
}

export function order(over: Partial<Order> = {}): Order {
  return { actor: 'ann', reason: 'because', idempotencyKey: '', ...over };
}

export const NOBODY = order({ actor: UNKNOWN_ACTOR });
