// Original file: proto/sluice/admin/v1/traffic.proto


export interface ListEpochsRequest {
  'model'?: (string);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListEpochsRequest__Output {
  'model': (string);
  'pageSize': (number);
  'pageToken': (string);
}
