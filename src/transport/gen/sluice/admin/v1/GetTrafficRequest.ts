// Original file: proto/sluice/admin/v1/traffic.proto


export interface GetTrafficRequest {
  'model'?: (string);
}

export interface GetTrafficRequest__Output {
  'model': (string);
}
