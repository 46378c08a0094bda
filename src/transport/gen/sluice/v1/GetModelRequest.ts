// Original file: proto/sluice/v1/predict.proto


export interface GetModelRequest {
  'model'?: (string);
  'version'?: (string);
}

export interface GetModelRequest__Output {
  'model': (string);
  'version': (string);
}
