// Original file: proto/sluice/admin/v1/registry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface Decision {
  'actor'?: (string);
  'approved'?: (boolean);
  'reason'?: (string);
  'at'?: (_google_protobuf_Timestamp | null);
}

export interface Decision__Output {
  'actor': (string);
  'approved': (boolean);
  'reason': (string);
  'at': (_google_protobuf_Timestamp__Output | null);
}
