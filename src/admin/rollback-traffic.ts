/** Goes back to the traffic policy of an earlier epoch, slot by slot. */
import { ServerError } from '../domain/errors.ts';
import type { Epoch } from '../domain/registry.ts';
import { versionsOf } from '../domain/traffic.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import { canonicalJson } from '../registry/event-hash.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import { checkExpectedEpoch, digestsOf, qualifiedVersions } from './apply-traffic.ts';
import { beginNextEpoch } from './apply-traffic-epoch.ts';
import type { AdminContext, Order } from './context.ts';
import type { TrafficView } from './get-traffic.ts';
import { findModel } from './resolve-version.ts';
import { changeTraffic } from './set-traffic-change.ts';

export interface RollbackTrafficInput {
  readonly model: string;
  /** 0 = the one before the one in force. */
  readonly toEpoch: number;
  /** 0 = whatever it is. */
  readonly expectedEpoch: number;
  readonly waitMs: number;
}

export async function rollbackTraffic(
  context: AdminContext,
  { waitMs, ...request }: RollbackTrafficInput,
  order: Order,
): Promise<TrafficView> {
  const { model } = request;
  return await changeTraffic(context, { method: 'RollbackTraffic', request, model, waitMs, order }, (writer) =>
    goBack(writer, context, request, order),
  );
}

async function goBack(
  writer: StoreWriter,
  context: Pick<AdminContext, 'now'>,
  { model, toEpoch, expectedEpoch }: Omit<RollbackTrafficInput, 'waitMs'>,
  order: Order,
): Promise<Epoch> {
  await findModel(writer, model);
  const former = await writer.epoch(model);
  checkExpectedEpoch(model, former, expectedEpoch);
  const target = await findTarget(writer, { model, former, toEpoch });
  const { epoch: number, ...policy } = target.policy;
  if (former !== undefined && contentOf(former.policy) === contentOf(target.policy)) return former;
  const digests = digestsOf(await qualifiedVersions(writer, model, versionsOf(target.policy)));
  const notes = { policyOf: number };
  const next = { model, former, policy, digests, cause: 'rollback', subject: '', notes } as const;
  return await beginNextEpoch(writer, context, next, order);
}

/** All but the number. */
function contentOf(policy: TrafficPolicy): string {
  return canonicalJson({ ...policy, epoch: 0 });
}

async function findTarget(
  store: StoreReader,
  scene: { readonly model: string; readonly former: Epoch | undefined; readonly toEpoch: number },
): Promise<Epoch> {
  const { model, former, toEpoch } = scene;
  const inForce = former?.policy.epoch ?? 0;
  if (inForce <= 1 && toEpoch === 0) {
    const message = `model "${model}" has no epoch before ${inForce}, which is in force; there is nothing to go back to`;
    throw new ServerError('failed_precondition', message);
  }
  const target = await store.epoch(model, toEpoch || inForce - 1);
  if (target !== undefined) return target;
  throw new ServerError(
    'not_found',
    `model "${model}" has no epoch ${toEpoch}; ListEpochs has their numbers, up to ${inForce}`,
  );
}
