/** What the changes of traffic have in common: the epoch's number for a receipt, and waiting until it is applied. */
import { ServerError } from '../domain/errors.ts';
import type { Epoch, JsonRecord } from '../domain/registry.ts';
import type { StoreWriter } from '../registry/store.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { checkWait, trafficView } from './get-traffic.ts';
import type { TrafficView } from './get-traffic.ts';

export interface TrafficOrder {
  readonly method: string;
  /** What was asked for; how long to wait for it is no part of it. */
  readonly request: JsonRecord;
  readonly model: string;
  readonly waitMs: number;
  readonly order: Order;
}

export async function changeTraffic(
  context: AdminContext,
  { waitMs, ...asked }: TrafficOrder,
  work: (writer: StoreWriter) => Promise<Epoch>,
): Promise<TrafficView> {
  checkWait(waitMs);
  const { epoch: number } = await change(context, asked, async (writer) => {
    const { policy } = await work(writer);
    return { epoch: policy.epoch };
  });
  const epoch = await context.store.epoch(asked.model, number);
  if (epoch !== undefined) return await trafficView(context, epoch, waitMs);
  throw new ServerError('data_loss', `epoch ${number} of model "${asked.model}" was committed and is gone`);
}
