// Original file: proto/sluice/v1/predict.proto

import type { PredictReply as _sluice_v1_PredictReply, PredictReply__Output as _sluice_v1_PredictReply__Output } from '../../sluice/v1/PredictReply.ts';
import type { RequestError as _sluice_v1_RequestError, RequestError__Output as _sluice_v1_RequestError__Output } from '../../sluice/v1/RequestError.ts';

export interface PredictStreamReply {
  'requestId'?: (string);
  'reply'?: (_sluice_v1_PredictReply | null);
  'error'?: (_sluice_v1_RequestError | null);
  'result'?: "reply"|"error";
}

export interface PredictStreamReply__Output {
  'requestId': (string);
  'reply'?: (_sluice_v1_PredictReply__Output | null);
  'error'?: (_sluice_v1_RequestError__Output | null);
  'result'?: "reply"|"error";
}
