// Original file: proto/sluice/v1/predict.proto


export interface VersionWeight {
  'version'?: (string);
  'weight'?: (number);
}

export interface VersionWeight__Output {
  'version': (string);
  'weight': (number);
}
