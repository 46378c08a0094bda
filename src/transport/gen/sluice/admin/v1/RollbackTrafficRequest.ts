// Original file: proto/sluice/admin/v1/traffic.proto

import type { Long } from '@grpc/proto-loader';

export interface RollbackTrafficRequest {
  'model'?: (string);
  'toEpoch'?: (number | string | Long);
  'expectedEpoch'?: (number | string | Long);
  'waitMs'?: (number);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface RollbackTrafficRequest__Output {
  'model': (string);
  'toEpoch': (Long);
  'expectedEpoch': (Long);
  'waitMs': (number);
  'reason': (string);
  'idempotencyKey': (string);
}
