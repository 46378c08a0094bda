// Original file: proto/sluice/v1/outcomes.proto

import type { Long } from '@grpc/proto-loader';

export interface ReportOutcomesReply {
  'accepted'?: (number | string | Long);
  'duplicate'?: (number | string | Long);
  'forged'?: (number | string | Long);
  'late'?: (number | string | Long);
  'unknown'?: (number | string | Long);
  'invalid'?: (number | string | Long);
  'notes'?: (string)[];
}

export interface ReportOutcomesReply__Output {
  'accepted': (Long);
  'duplicate': (Long);
  'forged': (Long);
  'late': (Long);
  'unknown': (Long);
  'invalid': (Long);
  'notes': (string)[];
}
