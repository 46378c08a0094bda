// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Long } from '@grpc/proto-loader';

export interface PromoteRolloutRequest {
  'id'?: (number | string | Long);
  'full'?: (boolean);
  'expectedGeneration'?: (number | string | Long);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface PromoteRolloutRequest__Output {
  'id': (Long);
  'full': (boolean);
  'expectedGeneration': (Long);
  'reason': (string);
  'idempotencyKey': (string);
}
