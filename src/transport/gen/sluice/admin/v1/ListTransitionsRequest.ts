// Original file: proto/sluice/admin/v1/registry.proto


export interface ListTransitionsRequest {
  'model'?: (string);
  'version'?: (string);
  'status'?: (string);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListTransitionsRequest__Output {
  'model': (string);
  'version': (string);
  'status': (string);
  'pageSize': (number);
  'pageToken': (string);
}
