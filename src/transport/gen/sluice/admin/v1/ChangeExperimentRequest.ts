// Original file: proto/sluice/admin/v1/experiments.proto

import type { Long } from '@grpc/proto-loader';

export interface ChangeExperimentRequest {
  'name'?: (string);
  'expectedGeneration'?: (number | string | Long);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface ChangeExperimentRequest__Output {
  'name': (string);
  'expectedGeneration': (Long);
  'reason': (string);
  'idempotencyKey': (string);
}
