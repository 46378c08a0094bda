// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Metric as _sluice_admin_v1_Metric, Metric__Output as _sluice_admin_v1_Metric__Output } from '../../../sluice/admin/v1/Metric.ts';
import type { Guardrail as _sluice_admin_v1_Guardrail, Guardrail__Output as _sluice_admin_v1_Guardrail__Output } from '../../../sluice/admin/v1/Guardrail.ts';

export interface Analysis {
  'alpha'?: (number | string);
  'metrics'?: (_sluice_admin_v1_Metric)[];
  'guardrails'?: (_sluice_admin_v1_Guardrail)[];
  'fuse'?: (number);
  'onInsufficient'?: (string);
  '_fuse'?: "fuse";
}

export interface Analysis__Output {
  'alpha': (number);
  'metrics': (_sluice_admin_v1_Metric__Output)[];
  'guardrails': (_sluice_admin_v1_Guardrail__Output)[];
  'fuse'?: (number);
  'onInsufficient': (string);
  '_fuse'?: "fuse";
}
