// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Step as _sluice_admin_v1_Step, Step__Output as _sluice_admin_v1_Step__Output } from '../../../sluice/admin/v1/Step.ts';

export interface Canary {
  'steps'?: (_sluice_admin_v1_Step)[];
}

export interface Canary__Output {
  'steps': (_sluice_admin_v1_Step__Output)[];
}
