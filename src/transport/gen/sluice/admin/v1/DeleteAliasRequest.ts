// Original file: proto/sluice/admin/v1/registry.proto


export interface DeleteAliasRequest {
  'model'?: (string);
  'alias'?: (string);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface DeleteAliasRequest__Output {
  'model': (string);
  'alias': (string);
  'reason': (string);
  'idempotencyKey': (string);
}
