// Original file: proto/sluice/admin/v1/registry.proto


export interface VersionShare {
  'version'?: (string);
  'weight'?: (number);
}

export interface VersionShare__Output {
  'version': (string);
  'weight': (number);
}
