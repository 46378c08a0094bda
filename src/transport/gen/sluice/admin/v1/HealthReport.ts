// Original file: proto/sluice/admin/v1/monitor.proto

import type { Stats as _sluice_admin_v1_Stats, Stats__Output as _sluice_admin_v1_Stats__Output } from '../../../sluice/admin/v1/Stats.ts';

export interface HealthReport {
  'verdict'?: (string);
  'reasons'?: (string)[];
  'stats'?: (_sluice_admin_v1_Stats | null);
}

export interface HealthReport__Output {
  'verdict': (string);
  'reasons': (string)[];
  'stats': (_sluice_admin_v1_Stats__Output | null);
}
