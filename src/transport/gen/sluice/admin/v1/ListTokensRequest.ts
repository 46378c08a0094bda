// Original file: proto/sluice/admin/v1/access.proto


export interface ListTokensRequest {
  'revoked'?: (boolean);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListTokensRequest__Output {
  'revoked': (boolean);
  'pageSize': (number);
  'pageToken': (string);
}
