// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface Linear {
  'increment'?: (number);
  'every'?: (_google_protobuf_Duration | null);
  'minRequests'?: (number);
  '_minRequests'?: "minRequests";
}

export interface Linear__Output {
  'increment': (number);
  'every': (_google_protobuf_Duration__Output | null);
  'minRequests'?: (number);
  '_minRequests'?: "minRequests";
}
