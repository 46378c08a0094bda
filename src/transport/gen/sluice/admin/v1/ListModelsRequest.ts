// Original file: proto/sluice/admin/v1/registry.proto


export interface ListModelsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListModelsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
}
