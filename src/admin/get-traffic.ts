/** The policy in force of a model, and where it is applied. */
import { ServerError } from '../domain/errors.ts';
import type { Epoch } from '../domain/registry.ts';
import type { AdminContext } from './context.ts';
import type { InstanceEpoch } from './fleet.ts';
import { findModel } from './resolve-version.ts';

/** How long a change may be waited for. */
const MAX_WAIT_MS = 600_000;

export interface TrafficView {
  readonly epoch: Epoch;
  /** Whether every connected serve process has it, or a later one, in force. */
  readonly applied: boolean;
  readonly instances: readonly InstanceEpoch[];
}

export async function getTraffic(context: AdminContext, { model }: { readonly model: string }): Promise<TrafficView> {
  const epoch = await context.store.epoch(model);
  if (epoch !== undefined) return await trafficView(context, epoch, 0);
  await findModel(context.store, model);
  const message = `model "${model}" has no qualified version yet; its first one takes all traffic`;
  throw new ServerError('failed_precondition', message);
}

/** Waits up to `waitMs` until it is applied. */
export async function trafficView({ fleet }: AdminContext, epoch: Epoch, waitMs: number): Promise<TrafficView> {
  const { model, policy } = epoch;
  const applied = await fleet.whenApplied({ model, epoch: policy.epoch, ms: waitMs });
  return { epoch, applied, instances: fleet.epochs(model) };
}

export function checkWait(waitMs: number): void {
  if (Number.isSafeInteger(waitMs) && waitMs >= 0 && waitMs <= MAX_WAIT_MS) return;
  throw new ServerError('invalid_argument', `wait_ms ${waitMs} is not within 0 to ${MAX_WAIT_MS}`);
}
