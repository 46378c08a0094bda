// Original file: proto/sluice/control/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface PredictToken {
  'id'?: (string);
  'name'?: (string);
  'hash'?: (Buffer | Uint8Array | string);
  'models'?: (string)[];
  'expiresAtMs'?: (number | string | Long);
  'requestsPerSecond'?: (number);
  'burst'?: (number);
}

export interface PredictToken__Output {
  'id': (string);
  'name': (string);
  'hash': (Buffer);
  'models': (string)[];
  'expiresAtMs': (Long);
  'requestsPerSecond': (number);
  'burst': (number);
}
