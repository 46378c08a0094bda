// Original file: proto/sluice/admin/v1/registry.proto


export interface RequestTransitionRequest {
  'model'?: (string);
  'version'?: (string);
  'stage'?: (string);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface RequestTransitionRequest__Output {
  'model': (string);
  'version': (string);
  'stage': (string);
  'reason': (string);
  'idempotencyKey': (string);
}
