// Original file: proto/sluice/admin/v1/experiments.proto

import type { Experiment as _sluice_admin_v1_Experiment, Experiment__Output as _sluice_admin_v1_Experiment__Output } from '../../../sluice/admin/v1/Experiment.ts';

export interface ListExperimentsReply {
  'experiments'?: (_sluice_admin_v1_Experiment)[];
  'nextPageToken'?: (string);
}

export interface ListExperimentsReply__Output {
  'experiments': (_sluice_admin_v1_Experiment__Output)[];
  'nextPageToken': (string);
}
