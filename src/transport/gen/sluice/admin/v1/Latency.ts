// Original file: proto/sluice/admin/v1/monitor.proto

import type { Long } from '@grpc/proto-loader';

export interface Latency {
  'count'?: (number | string | Long);
  'avgMs'?: (number | string);
  'p50Ms'?: (number | string);
  'p95Ms'?: (number | string);
  'p99Ms'?: (number | string);
  'maxMs'?: (number | string);
}

export interface Latency__Output {
  'count': (Long);
  'avgMs': (number);
  'p50Ms': (number);
  'p95Ms': (number);
  'p99Ms': (number);
  'maxMs': (number);
}
