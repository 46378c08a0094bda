// Original file: proto/sluice/admin/v1/experiments.proto

import type { Experiment as _sluice_admin_v1_Experiment, Experiment__Output as _sluice_admin_v1_Experiment__Output } from '../../../sluice/admin/v1/Experiment.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { ArmResults as _sluice_admin_v1_ArmResults, ArmResults__Output as _sluice_admin_v1_ArmResults__Output } from '../../../sluice/admin/v1/ArmResults.ts';
import type { MetricResults as _sluice_admin_v1_MetricResults, MetricResults__Output as _sluice_admin_v1_MetricResults__Output } from '../../../sluice/admin/v1/MetricResults.ts';
import type { SampleRatio as _sluice_admin_v1_SampleRatio, SampleRatio__Output as _sluice_admin_v1_SampleRatio__Output } from '../../../sluice/admin/v1/SampleRatio.ts';
import type { Long } from '@grpc/proto-loader';

export interface ExperimentResults {
  'experiment'?: (_sluice_admin_v1_Experiment | null);
  'at'?: (_google_protobuf_Timestamp | null);
  'arms'?: (_sluice_admin_v1_ArmResults)[];
  'metrics'?: (_sluice_admin_v1_MetricResults)[];
  'exposures'?: (_sluice_admin_v1_SampleRatio | null);
  'reporting'?: (_sluice_admin_v1_SampleRatio | null);
  'conclusion'?: (string);
  'refused'?: ({[key: string]: number | string | Long});
}

export interface ExperimentResults__Output {
  'experiment': (_sluice_admin_v1_Experiment__Output | null);
  'at': (_google_protobuf_Timestamp__Output | null);
  'arms': (_sluice_admin_v1_ArmResults__Output)[];
  'metrics': (_sluice_admin_v1_MetricResults__Output)[];
  'exposures': (_sluice_admin_v1_SampleRatio__Output | null);
  'reporting': (_sluice_admin_v1_SampleRatio__Output | null);
  'conclusion': (string);
  'refused': ({[key: string]: Long});
}
