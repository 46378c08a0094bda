// Original file: proto/sluice/admin/v1/experiments.proto


export interface ListExperimentsRequest {
  'model'?: (string);
  'runningOnly'?: (boolean);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListExperimentsRequest__Output {
  'model': (string);
  'runningOnly': (boolean);
  'pageSize': (number);
  'pageToken': (string);
}
