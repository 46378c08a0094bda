/** Blue-green: gives all traffic of a model to one version. */
import type { TrafficPolicy } from '../domain/traffic.ts';
import { applyTraffic } from './apply-traffic.ts';
import type { WantedPolicy } from './apply-traffic-check.ts';
import type { AdminContext, Order } from './context.ts';
import type { TrafficView } from './get-traffic.ts';
import { changeTraffic } from './set-traffic-change.ts';

export interface SwitchTrafficInput {
  readonly model: string;
  readonly version: string;
  /** 0 = whatever it is. */
  readonly expectedEpoch: number;
  readonly force: boolean;
  readonly waitMs: number;
}

export async function switchTraffic(
  context: AdminContext,
  { waitMs, ...request }: SwitchTrafficInput,
  order: Order,
): Promise<TrafficView> {
  const { model, version, expectedEpoch, force } = request;
  const wanted = (former: TrafficPolicy | undefined): WantedPolicy => allTo(version, former);
  return await changeTraffic(context, { method: 'SwitchTraffic', request, model, waitMs, order }, (writer) =>
    applyTraffic(
      writer,
      context,
      { model, wanted, cause: 'switch', expectedEpoch, reshuffle: false, force, subject: version },
      order,
    ),
  );
}

/** Rules, shadows and fail-over stay, but for those that would stand in for, or shadow, the version itself. */
function allTo(version: string, former: TrafficPolicy | undefined): WantedPolicy {
  const own = (former?.arms ?? []).filter((known) => known.version === version);
  const arm = own.length === 1 ? (own[0]?.arm ?? '') : '';
  return {
    arms: [{ version, arm, weight: 10_000 }],
    rules: former?.rules ?? [],
    shadows: (former?.shadows ?? []).filter((shadow) => shadow.version !== version),
    failOverTo: former === undefined || former.failOverTo === version ? '' : former.failOverTo,
    sticky: former?.sticky ?? true,
    routingKeyHeader: former?.routingKeyHeader ?? '',
    salt: '',
  };
}
