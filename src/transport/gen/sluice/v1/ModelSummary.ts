// Original file: proto/sluice/v1/predict.proto

import type { VersionWeight as _sluice_v1_VersionWeight, VersionWeight__Output as _sluice_v1_VersionWeight__Output } from '../../sluice/v1/VersionWeight.ts';

export interface ModelSummary {
  'model'?: (string);
  'latest'?: (string);
  'weights'?: (_sluice_v1_VersionWeight)[];
  'versions'?: (string)[];
}

export interface ModelSummary__Output {
  'model': (string);
  'latest': (string);
  'weights': (_sluice_v1_VersionWeight__Output)[];
  'versions': (string)[];
}
