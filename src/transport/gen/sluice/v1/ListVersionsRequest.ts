// Original file: proto/sluice/v1/predict.proto


export interface ListVersionsRequest {
  'model'?: (string);
}

export interface ListVersionsRequest__Output {
  'model': (string);
}
