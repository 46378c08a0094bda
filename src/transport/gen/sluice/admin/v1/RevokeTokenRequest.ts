// Original file: proto/sluice/admin/v1/access.proto


export interface RevokeTokenRequest {
  'id'?: (string);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface RevokeTokenRequest__Output {
  'id': (string);
  'reason': (string);
  'idempotencyKey': (string);
}
