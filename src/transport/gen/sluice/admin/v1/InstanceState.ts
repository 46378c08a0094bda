// Original file: proto/sluice/admin/v1/registry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface InstanceState {
  'instance'?: (string);
  'state'?: (string);
  'reason'?: (string);
  'since'?: (_google_protobuf_Timestamp | null);
}

export interface InstanceState__Output {
  'instance': (string);
  'state': (string);
  'reason': (string);
  'since': (_google_protobuf_Timestamp__Output | null);
}
