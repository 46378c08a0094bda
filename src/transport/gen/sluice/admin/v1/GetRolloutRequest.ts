// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Long } from '@grpc/proto-loader';

export interface GetRolloutRequest {
  'id'?: (number | string | Long);
  'model'?: (string);
}

export interface GetRolloutRequest__Output {
  'id': (Long);
  'model': (string);
}
