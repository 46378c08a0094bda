// Original file: proto/sluice/admin/v1/experiments.proto

import type { Long } from '@grpc/proto-loader';

export interface MetricArm {
  'arm'?: (string);
  'units'?: (number | string | Long);
  'mean'?: (number | string);
  'variance'?: (number | string);
  'p50'?: (number | string);
  'p95'?: (number | string);
  'p99'?: (number | string);
}

export interface MetricArm__Output {
  'arm': (string);
  'units': (Long);
  'mean': (number);
  'variance': (number);
  'p50': (number);
  'p95': (number);
  'p99': (number);
}
