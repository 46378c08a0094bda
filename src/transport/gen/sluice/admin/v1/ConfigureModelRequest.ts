// Original file: proto/sluice/admin/v1/registry.proto

import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../../google/protobuf/Struct.ts';

export interface ConfigureModelRequest {
  'model'?: (string);
  'config'?: (_google_protobuf_Struct | null);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface ConfigureModelRequest__Output {
  'model': (string);
  'config': (_google_protobuf_Struct__Output | null);
  'reason': (string);
  'idempotencyKey': (string);
}
