/** sluice.admin.v1.Monitor over its use cases. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { checkHealth } from '../../../admin/check-health.ts';
import type { AdminContext } from '../../../admin/context.ts';
import { getStats, type StatsContext, type StatsView } from '../../../admin/get-stats.ts';
import { ServerError } from '../../../domain/errors.ts';
import { formatHealth, formatInstance, formatStats } from '../../codec/admin/stats-codec.ts';
import { parseDuration } from '../../codec/admin/time-codec.ts';
import { wholeNumber } from '../../codec/admin/whole-numbers.ts';
import type { GetStatsRequest__Output as GetStatsRequest } from '../../gen/sluice/admin/v1/GetStatsRequest.ts';
import type { MonitorService } from './admin-services.ts';

const DEFAULT_INTERVAL_MS = 2000;
const MIN_INTERVAL_MS = 1000;
const MAX_INTERVAL_MS = 3_600_000;

export function monitorService(context: AdminContext & StatsContext): MonitorService {
  const statsOf = ({ window, ...query }: GetStatsRequest): Promise<StatsView> =>
    getStats(context, { ...query, windowMs: parseDuration('window', window) });

  return {
    getStats: async (request) => formatStats(await statsOf(request)),
    watchStats: async ({ stats, interval }, { signal }, send) => {
      if (stats === null) throw new ServerError('invalid_argument', 'the request has no stats; say of which model');
      const intervalMs = checkInterval(parseDuration('interval', interval) ?? DEFAULT_INTERVAL_MS);
      for (;;) {
        await send(formatStats(await statsOf(stats)));
        await pauseFor(intervalMs, undefined, { signal });
      }
    },
    checkHealth: async ({ minRequests, window, ...query }) =>
      formatHealth(
        await checkHealth(context, {
          ...query,
          minRequests: wholeNumber('min_requests', minRequests),
          windowMs: parseDuration('window', window),
        }),
      ),
    listInstances: () => ({ instances: context.fleet.instances().map(formatInstance) }),
  };
}

function checkInterval(ms: number): number {
  if (ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS) return ms;
  throw new ServerError('invalid_argument', `an interval of ${ms / 1000} s is not possible; choose 1 s to 1 h`);
}
