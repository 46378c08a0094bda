// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Long } from '@grpc/proto-loader';

export interface ChangeRolloutRequest {
  'id'?: (number | string | Long);
  'expectedGeneration'?: (number | string | Long);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface ChangeRolloutRequest__Output {
  'id': (Long);
  'expectedGeneration': (Long);
  'reason': (string);
  'idempotencyKey': (string);
}
