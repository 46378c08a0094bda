// Original file: proto/sluice/admin/v1/traffic.proto


export interface Arm {
  'version'?: (string);
  'weight'?: (number);
  'arm'?: (string);
}

export interface Arm__Output {
  'version': (string);
  'weight': (number);
  'arm': (string);
}
