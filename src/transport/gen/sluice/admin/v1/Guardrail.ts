// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface Guardrail {
  'metric'?: (string);
  'limit'?: (number | string);
  'minRequests'?: (number);
  'window'?: (_google_protobuf_Duration | null);
  'onFail'?: (string);
}

export interface Guardrail__Output {
  'metric': (string);
  'limit': (number);
  'minRequests': (number);
  'window': (_google_protobuf_Duration__Output | null);
  'onFail': (string);
}
