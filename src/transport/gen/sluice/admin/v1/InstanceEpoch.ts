// Original file: proto/sluice/admin/v1/traffic.proto

import type { Long } from '@grpc/proto-loader';

export interface InstanceEpoch {
  'instance'?: (string);
  'epoch'?: (number | string | Long);
  'reason'?: (string);
}

export interface InstanceEpoch__Output {
  'instance': (string);
  'epoch': (Long);
  'reason': (string);
}
