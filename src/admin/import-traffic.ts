/** Applies the weights that the models directory asks for, once: what an operator sets later stays. */
import { compareVersions } from '../domain/version.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import { applyTraffic } from './apply-traffic.ts';
import type { WantedPolicy } from './apply-traffic-check.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { findModel } from './resolve-version.ts';

export interface ImportTrafficInput {
  readonly model: string;
  /** By version, in 1/10,000. */
  readonly weights: ReadonlyMap<string, number>;
}

/** Returns the epoch in force afterwards, and whether these weights were new. */
export async function importTraffic(
  context: AdminContext,
  { model, weights }: ImportTrafficInput,
  order: Order,
): Promise<{ readonly epoch: number; readonly applied: boolean }> {
  const said = JSON.stringify([...weights].toSorted(([a], [b]) => compareVersions(a, b)));
  return await change(context, { method: 'ImportTraffic', request: { model, said }, order, model }, async (writer) => {
    const row = await findModel(writer, model);
    if (row.importedTraffic === said) {
      const inForce = await writer.epoch(model);
      return { epoch: inForce?.policy.epoch ?? 0, applied: false };
    }
    const wanted = (former: TrafficPolicy | undefined): WantedPolicy => withWeights(weights, former);
    const { policy } = await applyTraffic(
      writer,
      context,
      { model, wanted, cause: 'config', expectedEpoch: 0, reshuffle: false, force: false, subject: '' },
      order,
    );
    await writer.putModel({ ...row, importedTraffic: said });
    return { epoch: policy.epoch, applied: true };
  });
}

/** config.json speaks of weights alone; the rest stays as it is. */
function withWeights(weights: ReadonlyMap<string, number>, former: TrafficPolicy | undefined): WantedPolicy {
  const nameOf = (version: string): string => former?.arms.find((arm) => arm.version === version)?.arm ?? '';
  return {
    arms: [...weights].map(([version, weight]) => ({ version, arm: nameOf(version), weight })),
    rules: former?.rules ?? [],
    shadows: former?.shadows ?? [],
    failOverTo: former?.failOverTo ?? '',
    sticky: former?.sticky ?? true,
    routingKeyHeader: former?.routingKeyHeader ?? '',
    salt: '',
  };
}
