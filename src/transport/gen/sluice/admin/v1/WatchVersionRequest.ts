// Original file: proto/sluice/admin/v1/registry.proto


export interface WatchVersionRequest {
  'model'?: (string);
  'version'?: (string);
  'untilSettled'?: (boolean);
}

export interface WatchVersionRequest__Output {
  'model': (string);
  'version': (string);
  'untilSettled': (boolean);
}
