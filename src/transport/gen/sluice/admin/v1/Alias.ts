// Original file: proto/sluice/admin/v1/registry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface Alias {
  'model'?: (string);
  'alias'?: (string);
  'version'?: (string);
  'since'?: (_google_protobuf_Timestamp | null);
  'actor'?: (string);
}

export interface Alias__Output {
  'model': (string);
  'alias': (string);
  'version': (string);
  'since': (_google_protobuf_Timestamp__Output | null);
  'actor': (string);
}
