// Original file: proto/sluice/admin/v1/traffic.proto

import type { TrafficPolicy as _sluice_admin_v1_TrafficPolicy, TrafficPolicy__Output as _sluice_admin_v1_TrafficPolicy__Output } from '../../../sluice/admin/v1/TrafficPolicy.ts';
import type { Long } from '@grpc/proto-loader';

export interface SetTrafficRequest {
  'model'?: (string);
  'policy'?: (_sluice_admin_v1_TrafficPolicy | null);
  'expectedEpoch'?: (number | string | Long);
  'reshuffle'?: (boolean);
  'force'?: (boolean);
  'waitMs'?: (number);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface SetTrafficRequest__Output {
  'model': (string);
  'policy': (_sluice_admin_v1_TrafficPolicy__Output | null);
  'expectedEpoch': (Long);
  'reshuffle': (boolean);
  'force': (boolean);
  'waitMs': (number);
  'reason': (string);
  'idempotencyKey': (string);
}
