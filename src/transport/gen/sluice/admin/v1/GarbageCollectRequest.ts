// Original file: proto/sluice/admin/v1/registry.proto


export interface GarbageCollectRequest {
  'confirm'?: (boolean);
  'reason'?: (string);
}

export interface GarbageCollectRequest__Output {
  'confirm': (boolean);
  'reason': (string);
}
