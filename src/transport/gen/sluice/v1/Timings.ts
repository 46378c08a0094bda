// Original file: proto/sluice/v1/predict.proto


export interface Timings {
  'queueMs'?: (number | string);
  'hopMs'?: (number | string);
  'computeMs'?: (number | string);
  'batchRows'?: (number);
}

export interface Timings__Output {
  'queueMs': (number);
  'hopMs': (number);
  'computeMs': (number);
  'batchRows': (number);
}
