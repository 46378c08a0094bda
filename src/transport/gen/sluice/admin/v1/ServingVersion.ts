// Original file: proto/sluice/admin/v1/audit.proto


export interface ServingVersion {
  'version'?: (string);
  'digest'?: (string);
  'weight'?: (number);
  'arm'?: (string);
}

export interface ServingVersion__Output {
  'version': (string);
  'digest': (string);
  'weight': (number);
  'arm': (string);
}
