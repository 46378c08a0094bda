// Original file: proto/sluice/admin/v1/traffic.proto

import type { Epoch as _sluice_admin_v1_Epoch, Epoch__Output as _sluice_admin_v1_Epoch__Output } from '../../../sluice/admin/v1/Epoch.ts';
import type { InstanceEpoch as _sluice_admin_v1_InstanceEpoch, InstanceEpoch__Output as _sluice_admin_v1_InstanceEpoch__Output } from '../../../sluice/admin/v1/InstanceEpoch.ts';

export interface TrafficReply {
  'epoch'?: (_sluice_admin_v1_Epoch | null);
  'applied'?: (boolean);
  'instances'?: (_sluice_admin_v1_InstanceEpoch)[];
}

export interface TrafficReply__Output {
  'epoch': (_sluice_admin_v1_Epoch__Output | null);
  'applied': (boolean);
  'instances': (_sluice_admin_v1_InstanceEpoch__Output)[];
}
