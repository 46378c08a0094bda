// Original file: proto/sluice/admin/v1/traffic.proto


export interface Shadow {
  'version'?: (string);
  'share'?: (number);
}

export interface Shadow__Output {
  'version': (string);
  'share': (number);
}
