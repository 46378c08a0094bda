// Original file: proto/sluice/admin/v1/traffic.proto

import type { Epoch as _sluice_admin_v1_Epoch, Epoch__Output as _sluice_admin_v1_Epoch__Output } from '../../../sluice/admin/v1/Epoch.ts';

export interface ListEpochsReply {
  'epochs'?: (_sluice_admin_v1_Epoch)[];
  'nextPageToken'?: (string);
}

export interface ListEpochsReply__Output {
  'epochs': (_sluice_admin_v1_Epoch__Output)[];
  'nextPageToken': (string);
}
