// Original file: proto/sluice/admin/v1/registry.proto

import type { Long } from '@grpc/proto-loader';

export interface DecideTransitionRequest {
  'id'?: (number | string | Long);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface DecideTransitionRequest__Output {
  'id': (Long);
  'reason': (string);
  'idempotencyKey': (string);
}
