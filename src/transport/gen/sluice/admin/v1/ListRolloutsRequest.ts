// Original file: proto/sluice/admin/v1/rollouts.proto


export interface ListRolloutsRequest {
  'model'?: (string);
  'openOnly'?: (boolean);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListRolloutsRequest__Output {
  'model': (string);
  'openOnly': (boolean);
  'pageSize': (number);
  'pageToken': (string);
}
