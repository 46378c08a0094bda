// Original file: proto/sluice/admin/v1/monitor.proto

import type { Long } from '@grpc/proto-loader';

export interface LatencyBucket {
  'toMs'?: (number | string);
  'count'?: (number | string | Long);
}

export interface LatencyBucket__Output {
  'toMs': (number);
  'count': (Long);
}
