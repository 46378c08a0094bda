// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Rollout as _sluice_admin_v1_Rollout, Rollout__Output as _sluice_admin_v1_Rollout__Output } from '../../../sluice/admin/v1/Rollout.ts';

export interface ListRolloutsReply {
  'rollouts'?: (_sluice_admin_v1_Rollout)[];
  'nextPageToken'?: (string);
}

export interface ListRolloutsReply__Output {
  'rollouts': (_sluice_admin_v1_Rollout__Output)[];
  'nextPageToken': (string);
}
