// Original file: proto/sluice/admin/v1/shadows.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface ShadowExample {
  'at'?: (_google_protobuf_Timestamp | null);
  'score'?: (number | string);
  'output'?: (string);
  'inputsJson'?: (string);
  'liveJson'?: (string);
  'shadowJson'?: (string);
  'summary'?: (string);
}

export interface ShadowExample__Output {
  'at': (_google_protobuf_Timestamp__Output | null);
  'score': (number);
  'output': (string);
  'inputsJson': (string);
  'liveJson': (string);
  'shadowJson': (string);
  'summary': (string);
}
