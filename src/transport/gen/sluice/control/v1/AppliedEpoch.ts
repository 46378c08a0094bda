// Original file: proto/sluice/control/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface AppliedEpoch {
  'model'?: (string);
  'epoch'?: (number | string | Long);
  'reason'?: (string);
  'atMs'?: (number | string | Long);
}

export interface AppliedEpoch__Output {
  'model': (string);
  'epoch': (Long);
  'reason': (string);
  'atMs': (Long);
}
