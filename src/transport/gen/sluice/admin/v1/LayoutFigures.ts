// Original file: proto/sluice/admin/v1/registry.proto

import type { RunTime as _sluice_admin_v1_RunTime, RunTime__Output as _sluice_admin_v1_RunTime__Output } from '../../../sluice/admin/v1/RunTime.ts';
import type { Long } from '@grpc/proto-loader';

export interface LayoutFigures {
  'loadMs'?: (number | string);
  'memoryBytes'?: (number | string | Long);
  'runs'?: (_sluice_admin_v1_RunTime)[];
}

export interface LayoutFigures__Output {
  'loadMs': (number);
  'memoryBytes': (Long);
  'runs': (_sluice_admin_v1_RunTime__Output)[];
}
