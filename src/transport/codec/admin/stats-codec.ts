/** Statistics and health verdicts as sluice.admin.v1 shows them. */
import type { HealthView } from '../../../admin/check-health.ts';
import type { StatsView } from '../../../admin/get-stats.ts';
import type { InstanceView } from '../../../admin/fleet.ts';
import type { HealthReport } from '../../gen/sluice/admin/v1/HealthReport.ts';
import type { Instance } from '../../gen/sluice/admin/v1/Instance.ts';
import type { Stats } from '../../gen/sluice/admin/v1/Stats.ts';
import { formatTime } from './time-codec.ts';

export function formatStats({ from, to, errors, slots, ...numbers }: StatsView): Stats {
  return {
    ...numbers,
    errors: { ...errors },
    from: formatTime(from),
    to: formatTime(to),
    slots: slots.map((slot) => ({ ...slot, from: formatTime(slot.from), buckets: [...slot.buckets] })),
  };
}

export function formatHealth({ verdict, reasons, stats }: HealthView): HealthReport {
  return { verdict, reasons: [...reasons], stats: formatStats(stats) };
}

export function formatInstance({ since, ...instance }: InstanceView): Instance {
  return { ...instance, since: formatTime(since) };
}
