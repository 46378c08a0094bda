// Original file: proto/sluice/admin/v1/monitor.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

export interface CheckHealthRequest {
  'model'?: (string);
  'version'?: (string);
  'maxLatencyMs'?: (number | string);
  'minSuccessRate'?: (number | string);
  'minRequests'?: (number | string | Long);
  'window'?: (_google_protobuf_Duration | null);
}

export interface CheckHealthRequest__Output {
  'model': (string);
  'version': (string);
  'maxLatencyMs': (number);
  'minSuccessRate': (number);
  'minRequests': (Long);
  'window': (_google_protobuf_Duration__Output | null);
}
