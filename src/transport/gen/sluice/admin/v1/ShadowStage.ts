// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface ShadowStage {
  'share'?: (number);
  'minPairs'?: (number);
  'hold'?: (_google_protobuf_Duration | null);
  'deadline'?: (_google_protobuf_Duration | null);
}

export interface ShadowStage__Output {
  'share': (number);
  'minPairs': (number);
  'hold': (_google_protobuf_Duration__Output | null);
  'deadline': (_google_protobuf_Duration__Output | null);
}
