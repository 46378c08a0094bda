/** Where every serve process stands: whether it has all that it should, and since when it has not. Pure. */
import type { Fleet } from './fleet.ts';
import type { ModelStanding } from './standings.ts';

export const INSTANCE_STATES = ['ready', 'starting', 'behind', 'lost'] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

export interface InstanceStand {
  readonly instance: string;
  /** `lost`: gone without a successor of the same name; `starting`: it has not got everything for the first time. */
  readonly state: InstanceState;
  /** Since it could have had an epoch that it has not put in force; 0 where there is none. */
  readonly behindMs: number;
}

export function instanceStands(
  fleet: Pick<Fleet, 'instances' | 'epochs'>,
  models: readonly Pick<ModelStanding, 'model' | 'epoch'>[],
  now: number,
): readonly InstanceStand[] {
  const byName = Map.groupBy(fleet.instances(), ({ instance }) => instance);
  const connected = new Map(
    [...byName].flatMap(([name, boots]) => boots.filter((boot) => boot.connected).map((boot) => [name, boot])),
  );
  const behind = new Map<string, number>();
  for (const { model, epoch } of models) {
    if (epoch === undefined) continue;
    for (const stand of fleet.epochs(model)) {
      if (stand.epoch >= epoch.policy.epoch) continue;
      const since = Math.max(epoch.validFrom, connected.get(stand.instance)?.since ?? 0);
      behind.set(stand.instance, Math.max(behind.get(stand.instance) ?? 0, now - since));
    }
  }
  return [...byName.keys()].map((instance) => {
    const boot = connected.get(instance);
    const behindMs = boot === undefined ? 0 : (behind.get(instance) ?? 0);
    return { instance, state: stateOf(boot, behindMs), behindMs };
  });
}

function stateOf(boot: { readonly settled: boolean } | undefined, behindMs: number): InstanceState {
  if (boot === undefined) return 'lost';
  if (!boot.settled) return 'starting';
  return behindMs > 0 ? 'behind' : 'ready';
}
