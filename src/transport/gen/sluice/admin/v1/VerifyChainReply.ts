// Original file: proto/sluice/admin/v1/audit.proto

import type { Long } from '@grpc/proto-loader';

export interface VerifyChainReply {
  'intact'?: (boolean);
  'events'?: (number | string | Long);
  'brokenAt'?: (number | string | Long);
  'head'?: (string);
}

export interface VerifyChainReply__Output {
  'intact': (boolean);
  'events': (Long);
  'brokenAt': (Long);
  'head': (string);
}
