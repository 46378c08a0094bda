// Original file: proto/sluice/v1/predict.proto

import type { Tensor as _sluice_v1_Tensor, Tensor__Output as _sluice_v1_Tensor__Output } from '../../sluice/v1/Tensor.ts';
import type { Timings as _sluice_v1_Timings, Timings__Output as _sluice_v1_Timings__Output } from '../../sluice/v1/Timings.ts';
import type { Long } from '@grpc/proto-loader';

export interface PredictReply {
  'model'?: (string);
  'version'?: (string);
  'requestId'?: (string);
  'outputs'?: (_sluice_v1_Tensor)[];
  'timings'?: (_sluice_v1_Timings | null);
  'epoch'?: (number | string | Long);
  'arm'?: (string);
  'predictionId'?: (string);
  'failedOverFrom'?: (string);
}

export interface PredictReply__Output {
  'model': (string);
  'version': (string);
  'requestId': (string);
  'outputs': (_sluice_v1_Tensor__Output)[];
  'timings': (_sluice_v1_Timings__Output | null);
  'epoch': (Long);
  'arm': (string);
  'predictionId': (string);
  'failedOverFrom': (string);
}
