// Original file: proto/sluice/admin/v1/monitor.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface GetStatsRequest {
  'model'?: (string);
  'version'?: (string);
  'window'?: (_google_protobuf_Duration | null);
  'role'?: (string);
  'slots'?: (boolean);
}

export interface GetStatsRequest__Output {
  'model': (string);
  'version': (string);
  'window': (_google_protobuf_Duration__Output | null);
  'role': (string);
  'slots': (boolean);
}
