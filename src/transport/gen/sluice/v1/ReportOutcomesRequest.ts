// Original file: proto/sluice/v1/outcomes.proto

import type { Outcome as _sluice_v1_Outcome, Outcome__Output as _sluice_v1_Outcome__Output } from '../../sluice/v1/Outcome.ts';

export interface ReportOutcomesRequest {
  'outcomes'?: (_sluice_v1_Outcome)[];
}

export interface ReportOutcomesRequest__Output {
  'outcomes': (_sluice_v1_Outcome__Output)[];
}
