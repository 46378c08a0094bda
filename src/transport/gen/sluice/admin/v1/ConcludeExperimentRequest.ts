// Original file: proto/sluice/admin/v1/experiments.proto

import type { Long } from '@grpc/proto-loader';

export interface ConcludeExperimentRequest {
  'name'?: (string);
  'promote'?: (string);
  'expectedGeneration'?: (number | string | Long);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface ConcludeExperimentRequest__Output {
  'name': (string);
  'promote': (string);
  'expectedGeneration': (Long);
  'reason': (string);
  'idempotencyKey': (string);
}
