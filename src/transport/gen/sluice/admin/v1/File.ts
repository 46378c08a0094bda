// Original file: proto/sluice/admin/v1/registry.proto

import type { Long } from '@grpc/proto-loader';

export interface File {
  'path'?: (string);
  'size'?: (number | string | Long);
  'sha256'?: (string);
}

export interface File__Output {
  'path': (string);
  'size': (Long);
  'sha256': (string);
}
