// Original file: proto/sluice/admin/v1/experiments.proto

import type { ExperimentArm as _sluice_admin_v1_ExperimentArm, ExperimentArm__Output as _sluice_admin_v1_ExperimentArm__Output } from '../../../sluice/admin/v1/ExperimentArm.ts';
import type { ExperimentMetric as _sluice_admin_v1_ExperimentMetric, ExperimentMetric__Output as _sluice_admin_v1_ExperimentMetric__Output } from '../../../sluice/admin/v1/ExperimentMetric.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Experiment {
  'name'?: (string);
  'model'?: (string);
  'hypothesis'?: (string);
  'arms'?: (_sluice_admin_v1_ExperimentArm)[];
  'trafficShare'?: (number);
  'layer'?: (string);
  'metrics'?: (_sluice_admin_v1_ExperimentMetric)[];
  'alpha'?: (number | string);
  'power'?: (number | string);
  'phase'?: (string);
  'reason'?: (string);
  'generation'?: (number | string | Long);
  'plannedUnitsPerArm'?: (number | string | Long);
  'epoch'?: (number | string | Long);
  'createdAt'?: (_google_protobuf_Timestamp | null);
  'startedAt'?: (_google_protobuf_Timestamp | null);
  'endedAt'?: (_google_protobuf_Timestamp | null);
  'createdBy'?: (string);
  'promoted'?: (string);
}

export interface Experiment__Output {
  'name': (string);
  'model': (string);
  'hypothesis': (string);
  'arms': (_sluice_admin_v1_ExperimentArm__Output)[];
  'trafficShare': (number);
  'layer': (string);
  'metrics': (_sluice_admin_v1_ExperimentMetric__Output)[];
  'alpha': (number);
  'power': (number);
  'phase': (string);
  'reason': (string);
  'generation': (Long);
  'plannedUnitsPerArm': (Long);
  'epoch': (Long);
  'createdAt': (_google_protobuf_Timestamp__Output | null);
  'startedAt': (_google_protobuf_Timestamp__Output | null);
  'endedAt': (_google_protobuf_Timestamp__Output | null);
  'createdBy': (string);
  'promoted': (string);
}
