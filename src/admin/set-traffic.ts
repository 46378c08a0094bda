/** Replaces the whole traffic policy of a model. */
import { applyTraffic } from './apply-traffic.ts';
import type { WantedPolicy } from './apply-traffic-check.ts';
import { changeTraffic } from './set-traffic-change.ts';
import type { AdminContext, Order } from './context.ts';
import type { TrafficView } from './get-traffic.ts';

export interface SetTrafficInput {
  readonly model: string;
  readonly policy: WantedPolicy;
  /** 0 = whatever it is. */
  readonly expectedEpoch: number;
  readonly reshuffle: boolean;
  readonly force: boolean;
  readonly waitMs: number;
}

export async function setTraffic(
  context: AdminContext,
  { policy, waitMs, ...input }: SetTrafficInput,
  order: Order,
): Promise<TrafficView> {
  const { model, expectedEpoch, reshuffle, force } = input;
  const request = { ...input, policy };
  return await changeTraffic(context, { method: 'SetTraffic', request, model, waitMs, order }, (writer) =>
    applyTraffic(
      writer,
      context,
      { model, wanted: () => policy, cause: 'set', expectedEpoch, reshuffle, force, subject: '' },
      order,
    ),
  );
}
