/** sluice.admin.v1.Traffic over its use cases. */
import type { AdminContext } from '../../../admin/context.ts';
import { getTraffic, trafficView } from '../../../admin/get-traffic.ts';
import { listEpochs } from '../../../admin/list-epochs.ts';
import { findModel } from '../../../admin/resolve-version.ts';
import { rollbackTraffic } from '../../../admin/rollback-traffic.ts';
import { setTraffic } from '../../../admin/set-traffic.ts';
import { switchTraffic } from '../../../admin/switch-traffic.ts';
import { parseOrder } from '../../codec/admin/order.ts';
import { formatEpoch, formatTraffic, parsePolicy } from '../../codec/admin/traffic-codec.ts';
import { wholeNumber } from '../../codec/admin/whole-numbers.ts';
import type { TrafficReply } from '../../gen/sluice/admin/v1/TrafficReply.ts';
import type { TrafficService } from './admin-services.ts';
import { watch, type Watched } from './watch.ts';

export function trafficService(context: AdminContext): TrafficService {
  return {
    getTraffic: async ({ model }) => formatTraffic(await getTraffic(context, { model })),
    setTraffic: async ({ model, policy, expectedEpoch, reshuffle, force, waitMs, ...order }, call) => {
      const input = {
        model,
        policy: parsePolicy(policy),
        expectedEpoch: wholeNumber('expected_epoch', expectedEpoch),
        reshuffle,
        force,
        waitMs,
      };
      return formatTraffic(await setTraffic(context, input, parseOrder(call, order)));
    },
    switchTraffic: async ({ model, version, expectedEpoch, force, waitMs, ...order }, call) => {
      const expected = wholeNumber('expected_epoch', expectedEpoch);
      const input = { model, version, expectedEpoch: expected, force, waitMs };
      return formatTraffic(await switchTraffic(context, input, parseOrder(call, order)));
    },
    rollbackTraffic: async ({ model, toEpoch, expectedEpoch, waitMs, ...order }, call) => {
      const input = {
        model,
        toEpoch: wholeNumber('to_epoch', toEpoch),
        expectedEpoch: wholeNumber('expected_epoch', expectedEpoch),
        waitMs,
      };
      return formatTraffic(await rollbackTraffic(context, input, parseOrder(call, order)));
    },
    listEpochs: async (request) => {
      const { epochs, nextPageToken } = await listEpochs(context, request);
      return { epochs: epochs.map(formatEpoch), nextPageToken };
    },
    watchTraffic: async ({ model }, call, send) => {
      if (model !== '') await findModel(context.store, model);
      await watch(watchedTraffic(context, model), call, send);
    },
  };
}

/** By model. A model without a policy is told of as soon as it has one. */
function watchedTraffic(context: AdminContext, wanted: string): Watched<TrafficReply> {
  const { store, changes } = context;
  return {
    listen: (touch) =>
      changes.listen((model) => {
        if (wanted === '' || model === wanted) touch(model);
      }),
    first: async () => (wanted === '' ? (await store.epochsInForce()).map(({ model }) => model) : [wanted]),
    read: async (model) => {
      const epoch = await store.epoch(model);
      return epoch === undefined ? undefined : formatTraffic(await trafficView(context, epoch, 0));
    },
    isLast: () => false,
  };
}
