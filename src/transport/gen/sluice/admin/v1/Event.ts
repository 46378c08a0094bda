// Original file: proto/sluice/admin/v1/audit.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../../google/protobuf/Struct.ts';
import type { Long } from '@grpc/proto-loader';

export interface Event {
  'seq'?: (number | string | Long);
  'at'?: (_google_protobuf_Timestamp | null);
  'kind'?: (string);
  'model'?: (string);
  'subject'?: (string);
  'actor'?: (string);
  'reason'?: (string);
  'before'?: (_google_protobuf_Struct | null);
  'after'?: (_google_protobuf_Struct | null);
  'hash'?: (string);
}

export interface Event__Output {
  'seq': (Long);
  'at': (_google_protobuf_Timestamp__Output | null);
  'kind': (string);
  'model': (string);
  'subject': (string);
  'actor': (string);
  'reason': (string);
  'before': (_google_protobuf_Struct__Output | null);
  'after': (_google_protobuf_Struct__Output | null);
  'hash': (string);
}
