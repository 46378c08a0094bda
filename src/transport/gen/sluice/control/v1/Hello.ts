// Original file: proto/sluice/control/v1/control.proto


export interface Hello {
  'instance'?: (string);
  'boot'?: (string);
  'address'?: (string);
  'serverVersion'?: (string);
}

export interface Hello__Output {
  'instance': (string);
  'boot': (string);
  'address': (string);
  'serverVersion': (string);
}
