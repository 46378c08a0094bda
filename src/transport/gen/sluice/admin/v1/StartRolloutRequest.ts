// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Strategy as _sluice_admin_v1_Strategy, Strategy__Output as _sluice_admin_v1_Strategy__Output } from '../../../sluice/admin/v1/Strategy.ts';

export interface StartRolloutRequest {
  'model'?: (string);
  'candidate'?: (string);
  'strategy'?: (_sluice_admin_v1_Strategy | null);
  'force'?: (boolean);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface StartRolloutRequest__Output {
  'model': (string);
  'candidate': (string);
  'strategy': (_sluice_admin_v1_Strategy__Output | null);
  'force': (boolean);
  'reason': (string);
  'idempotencyKey': (string);
}
