// Original file: proto/sluice/admin/v1/registry.proto


export interface SetAliasRequest {
  'model'?: (string);
  'alias'?: (string);
  'version'?: (string);
  'expectedVersion'?: (string);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface SetAliasRequest__Output {
  'model': (string);
  'alias': (string);
  'version': (string);
  'expectedVersion': (string);
  'reason': (string);
  'idempotencyKey': (string);
}
