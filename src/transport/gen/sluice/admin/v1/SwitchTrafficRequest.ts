// Original file: proto/sluice/admin/v1/traffic.proto

import type { Long } from '@grpc/proto-loader';

export interface SwitchTrafficRequest {
  'model'?: (string);
  'version'?: (string);
  'expectedEpoch'?: (number | string | Long);
  'force'?: (boolean);
  'waitMs'?: (number);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface SwitchTrafficRequest__Output {
  'model': (string);
  'version': (string);
  'expectedEpoch': (Long);
  'force': (boolean);
  'waitMs': (number);
  'reason': (string);
  'idempotencyKey': (string);
}
