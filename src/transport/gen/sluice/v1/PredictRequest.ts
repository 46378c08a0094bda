// Original file: proto/sluice/v1/predict.proto

import type { Tensor as _sluice_v1_Tensor, Tensor__Output as _sluice_v1_Tensor__Output } from '../../sluice/v1/Tensor.ts';

export interface PredictRequest {
  'model'?: (string);
  'version'?: (string);
  'inputs'?: (_sluice_v1_Tensor)[];
  'outputs'?: (string)[];
  'requestId'?: (string);
  'routingKey'?: (string);
  'rawOutputs'?: (boolean);
}

export interface PredictRequest__Output {
  'model': (string);
  'version': (string);
  'inputs': (_sluice_v1_Tensor__Output)[];
  'outputs': (string)[];
  'requestId': (string);
  'routingKey': (string);
  'rawOutputs': (boolean);
}
