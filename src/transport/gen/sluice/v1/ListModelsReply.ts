// Original file: proto/sluice/v1/predict.proto

import type { ModelSummary as _sluice_v1_ModelSummary, ModelSummary__Output as _sluice_v1_ModelSummary__Output } from '../../sluice/v1/ModelSummary.ts';

export interface ListModelsReply {
  'models'?: (_sluice_v1_ModelSummary)[];
}

export interface ListModelsReply__Output {
  'models': (_sluice_v1_ModelSummary__Output)[];
}
