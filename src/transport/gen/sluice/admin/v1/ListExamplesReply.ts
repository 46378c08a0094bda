// Original file: proto/sluice/admin/v1/shadows.proto

import type { ShadowExample as _sluice_admin_v1_ShadowExample, ShadowExample__Output as _sluice_admin_v1_ShadowExample__Output } from '../../../sluice/admin/v1/ShadowExample.ts';

export interface ListExamplesReply {
  'note'?: (string);
  'examples'?: (_sluice_admin_v1_ShadowExample)[];
}

export interface ListExamplesReply__Output {
  'note': (string);
  'examples': (_sluice_admin_v1_ShadowExample__Output)[];
}
