// Original file: proto/sluice/v1/predict.proto


export interface RequestError {
  'code'?: (number);
  'message'?: (string);
}

export interface RequestError__Output {
  'code': (number);
  'message': (string);
}
