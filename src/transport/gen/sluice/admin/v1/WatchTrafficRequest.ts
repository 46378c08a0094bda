// Original file: proto/sluice/admin/v1/traffic.proto


export interface WatchTrafficRequest {
  'model'?: (string);
}

export interface WatchTrafficRequest__Output {
  'model': (string);
}
