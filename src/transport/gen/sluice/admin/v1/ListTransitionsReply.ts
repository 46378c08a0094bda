// Original file: proto/sluice/admin/v1/registry.proto

import type { Transition as _sluice_admin_v1_Transition, Transition__Output as _sluice_admin_v1_Transition__Output } from '../../../sluice/admin/v1/Transition.ts';

export interface ListTransitionsReply {
  'transitions'?: (_sluice_admin_v1_Transition)[];
  'nextPageToken'?: (string);
}

export interface ListTransitionsReply__Output {
  'transitions': (_sluice_admin_v1_Transition__Output)[];
  'nextPageToken': (string);
}
