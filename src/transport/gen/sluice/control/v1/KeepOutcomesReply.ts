// Original file: proto/sluice/control/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface KeepOutcomesReply {
  'accepted'?: (number | string | Long);
  'duplicate'?: (number | string | Long);
  'forged'?: (number | string | Long);
  'late'?: (number | string | Long);
  'unknown'?: (number | string | Long);
  'invalid'?: (number | string | Long);
  'notes'?: (string)[];
}

export interface KeepOutcomesReply__Output {
  'accepted': (Long);
  'duplicate': (Long);
  'forged': (Long);
  'late': (Long);
  'unknown': (Long);
  'invalid': (Long);
  'notes': (string)[];
}
