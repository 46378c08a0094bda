// Original file: proto/sluice/admin/v1/experiments.proto

import type { MetricArm as _sluice_admin_v1_MetricArm, MetricArm__Output as _sluice_admin_v1_MetricArm__Output } from '../../../sluice/admin/v1/MetricArm.ts';
import type { Comparison as _sluice_admin_v1_Comparison, Comparison__Output as _sluice_admin_v1_Comparison__Output } from '../../../sluice/admin/v1/Comparison.ts';

export interface MetricResults {
  'metric'?: (string);
  'kind'?: (string);
  'role'?: (string);
  'arms'?: (_sluice_admin_v1_MetricArm)[];
  'comparisons'?: (_sluice_admin_v1_Comparison)[];
}

export interface MetricResults__Output {
  'metric': (string);
  'kind': (string);
  'role': (string);
  'arms': (_sluice_admin_v1_MetricArm__Output)[];
  'comparisons': (_sluice_admin_v1_Comparison__Output)[];
}
