// Original file: proto/sluice/v1/predict.proto

import type { VersionStatus as _sluice_v1_VersionStatus, VersionStatus__Output as _sluice_v1_VersionStatus__Output } from '../../sluice/v1/VersionStatus.ts';

export interface ListVersionsReply {
  'model'?: (string);
  'versions'?: (_sluice_v1_VersionStatus)[];
}

export interface ListVersionsReply__Output {
  'model': (string);
  'versions': (_sluice_v1_VersionStatus__Output)[];
}
