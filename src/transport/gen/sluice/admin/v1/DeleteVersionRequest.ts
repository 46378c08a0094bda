// Original file: proto/sluice/admin/v1/registry.proto


export interface DeleteVersionRequest {
  'model'?: (string);
  'version'?: (string);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface DeleteVersionRequest__Output {
  'model': (string);
  'version': (string);
  'reason': (string);
  'idempotencyKey': (string);
}
