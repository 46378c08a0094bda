// Original file: proto/sluice/v1/predict.proto


export interface Batching {
  'enabled'?: (boolean);
  'reason'?: (string);
  'maxBatchRows'?: (number);
}

export interface Batching__Output {
  'enabled': (boolean);
  'reason': (string);
  'maxBatchRows': (number);
}
