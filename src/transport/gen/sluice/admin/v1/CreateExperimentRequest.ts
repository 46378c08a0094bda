// Original file: proto/sluice/admin/v1/experiments.proto

import type { ExperimentArm as _sluice_admin_v1_ExperimentArm, ExperimentArm__Output as _sluice_admin_v1_ExperimentArm__Output } from '../../../sluice/admin/v1/ExperimentArm.ts';
import type { ExperimentMetric as _sluice_admin_v1_ExperimentMetric, ExperimentMetric__Output as _sluice_admin_v1_ExperimentMetric__Output } from '../../../sluice/admin/v1/ExperimentMetric.ts';

export interface CreateExperimentRequest {
  'name'?: (string);
  'model'?: (string);
  'hypothesis'?: (string);
  'arms'?: (_sluice_admin_v1_ExperimentArm)[];
  'trafficShare'?: (number);
  'layer'?: (string);
  'metrics'?: (_sluice_admin_v1_ExperimentMetric)[];
  'alpha'?: (number | string);
  'power'?: (number | string);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface CreateExperimentRequest__Output {
  'name': (string);
  'model': (string);
  'hypothesis': (string);
  'arms': (_sluice_admin_v1_ExperimentArm__Output)[];
  'trafficShare': (number);
  'layer': (string);
  'metrics': (_sluice_admin_v1_ExperimentMetric__Output)[];
  'alpha': (number);
  'power': (number);
  'reason': (string);
  'idempotencyKey': (string);
}
