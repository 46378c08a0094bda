// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface Step {
  'weight'?: (number);
  'hold'?: (_google_protobuf_Duration | null);
  'minRequests'?: (number);
  'analysis'?: (boolean);
  'approval'?: (boolean);
  'deadline'?: (_google_protobuf_Duration | null);
  '_minRequests'?: "minRequests";
  '_analysis'?: "analysis";
}

export interface Step__Output {
  'weight': (number);
  'hold': (_google_protobuf_Duration__Output | null);
  'minRequests'?: (number);
  'analysis'?: (boolean);
  'approval': (boolean);
  'deadline': (_google_protobuf_Duration__Output | null);
  '_minRequests'?: "minRequests";
  '_analysis'?: "analysis";
}
