// Original file: proto/sluice/control/v1/control.proto

import type { KeptOutcome as _sluice_control_v1_KeptOutcome, KeptOutcome__Output as _sluice_control_v1_KeptOutcome__Output } from '../../../sluice/control/v1/KeptOutcome.ts';

export interface KeepOutcomesRequest {
  'outcomes'?: (_sluice_control_v1_KeptOutcome)[];
}

export interface KeepOutcomesRequest__Output {
  'outcomes': (_sluice_control_v1_KeptOutcome__Output)[];
}
