// Original file: proto/sluice/admin/v1/drift.proto

import type { DriftTest as _sluice_admin_v1_DriftTest, DriftTest__Output as _sluice_admin_v1_DriftTest__Output } from '../../../sluice/admin/v1/DriftTest.ts';

export interface FeatureDrift {
  'feature'?: (string);
  'kind'?: (string);
  'reference'?: (_sluice_admin_v1_DriftTest | null);
  'concurrent'?: (_sluice_admin_v1_DriftTest | null);
}

export interface FeatureDrift__Output {
  'feature': (string);
  'kind': (string);
  'reference': (_sluice_admin_v1_DriftTest__Output | null);
  'concurrent': (_sluice_admin_v1_DriftTest__Output | null);
}
