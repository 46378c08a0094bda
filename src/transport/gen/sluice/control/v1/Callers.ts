// Original file: proto/sluice/control/v1/control.proto

import type { PredictToken as _sluice_control_v1_PredictToken, PredictToken__Output as _sluice_control_v1_PredictToken__Output } from '../../../sluice/control/v1/PredictToken.ts';

export interface Callers {
  'tokens'?: (_sluice_control_v1_PredictToken)[];
}

export interface Callers__Output {
  'tokens': (_sluice_control_v1_PredictToken__Output)[];
}
