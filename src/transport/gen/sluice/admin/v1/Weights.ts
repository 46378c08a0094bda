// Original file: proto/sluice/admin/v1/registry.proto

import type { LayoutFigures as _sluice_admin_v1_LayoutFigures, LayoutFigures__Output as _sluice_admin_v1_LayoutFigures__Output } from '../../../sluice/admin/v1/LayoutFigures.ts';
import type { Long } from '@grpc/proto-loader';

export interface Weights {
  'layout'?: (string);
  'reason'?: (string);
  'sharedBytes'?: (number | string | Long);
  'exported'?: (_sluice_admin_v1_LayoutFigures | null);
  'shared'?: (_sluice_admin_v1_LayoutFigures | null);
}

export interface Weights__Output {
  'layout': (string);
  'reason': (string);
  'sharedBytes': (Long);
  'exported': (_sluice_admin_v1_LayoutFigures__Output | null);
  'shared': (_sluice_admin_v1_LayoutFigures__Output | null);
}
