// Original file: proto/sluice/control/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface DesiredFile {
  'path'?: (string);
  'size'?: (number | string | Long);
  'sha256'?: (string);
}

export interface DesiredFile__Output {
  'path': (string);
  'size': (Long);
  'sha256': (string);
}
