/** What people tell an open rollout: pause, resume, promote, abort, approve. */
import type { RolloutEvent } from '../rollout/state.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { findRollout } from './rollout-record.ts';
import { happen } from './rollout-transition.ts';
import type { RolloutViews } from './rollout-view.ts';

export interface ChangeRolloutInput {
  readonly id: number;
  readonly command: 'pause' | 'resume' | 'abort' | 'approve' | 'promote';
  /** Of promote: all the way. */
  readonly full: boolean;
  /** 0 = whatever it is. */
  readonly expectedGeneration: number;
}

/** @returns the number of the rollout. */
export async function changeRollout(
  context: AdminContext & Pick<RolloutViews, 'live'>,
  { id, command, full, expectedGeneration }: ChangeRolloutInput,
  order: Order,
): Promise<{ readonly id: number }> {
  const { model } = (await findRollout(context.store, id)).state;
  const request = { id, full, expectedGeneration };
  return await change(context, { method: `Rollouts/${command}`, request, order, model }, async (writer) => {
    const record = await findRollout(writer, id);
    const by = { actor: order.actor, reason: order.reason, expectedGeneration };
    const event: RolloutEvent = command === 'promote' ? { kind: 'promote', full, by } : { kind: command, by };
    await happen(writer, context, record, { event, seen: context.live(id) });
    return { id };
  });
}
