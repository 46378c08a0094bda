// Original file: proto/sluice/admin/v1/drift.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface GetDriftRequest {
  'model'?: (string);
  'version'?: (string);
  'against'?: (string);
  'window'?: (_google_protobuf_Duration | null);
}

export interface GetDriftRequest__Output {
  'model': (string);
  'version': (string);
  'against': (string);
  'window': (_google_protobuf_Duration__Output | null);
}
