/** Which epochs were in force at an instant, and on which serve processes. */
import type { Application, Epoch } from '../domain/registry.ts';
import type { AdminContext } from './context.ts';

export interface EpochInForce {
  readonly epoch: Epoch;
  /** Names, sorted; none where no serve process has said that it had this one. */
  readonly instances: readonly string[];
}

/**
 * A serve process that applied nothing after the instant, and is not known any more, may have died long before it. So
 * long after its last word, or after the change that it did not follow, it still counts.
 */
const SILENCE_MS = 600_000;

/**
 * The newest first: the epoch that was committed last, and every other one that some serve process still, or by its
 * own clock already, had. Empty where there was none.
 *
 * A serve process that changed over within the very millisecond is named under both.
 */
export async function epochsInForceAt(
  { store, fleet }: Pick<AdminContext, 'store' | 'fleet'>,
  model: string,
  at: number,
): Promise<readonly EpochInForce[]> {
  const committed = await store.epochAt(model, at);
  if (committed === undefined) return [];
  const known = new Set(fleet.instances().map(({ instance }) => instance));
  // Two questions, for what was in force before this millisecond, and at its end.
  const said = [...(await store.applicationsAround(model, at - 1)), ...(await store.applicationsAround(model, at))];
  const instancesByEpoch = new Map<number, Set<string>>([[committed.policy.epoch, new Set()]]);
  for (const [instance, applications] of Map.groupBy(said, (application) => application.instance)) {
    for (const { epoch } of applications.filter((application) => application.at <= at)) {
      const isCurrent = epoch === committed.policy.epoch || known.has(instance);
      if (!isCurrent && !isHeardOf(applications, { at, since: committed.validFrom })) continue;
      const instances = instancesByEpoch.get(epoch) ?? new Set();
      instancesByEpoch.set(epoch, instances.add(instance));
    }
  }
  const inForce: EpochInForce[] = [];
  for (const [number, instances] of [...instancesByEpoch].toSorted(([a], [b]) => b - a)) {
    const epoch = number === committed.policy.epoch ? committed : await store.epoch(model, number);
    if (epoch !== undefined) inForce.push({ epoch, instances: [...instances].toSorted() });
  }
  return inForce;
}

function isHeardOf(applications: readonly Application[], { at, since }: { at: number; since: number }): boolean {
  return (
    applications.some((application) => application.at > at || at - application.at <= SILENCE_MS) ||
    at - since <= SILENCE_MS
  );
}
