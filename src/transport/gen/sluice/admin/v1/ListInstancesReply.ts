// Original file: proto/sluice/admin/v1/monitor.proto

import type { Instance as _sluice_admin_v1_Instance, Instance__Output as _sluice_admin_v1_Instance__Output } from '../../../sluice/admin/v1/Instance.ts';

export interface ListInstancesReply {
  'instances'?: (_sluice_admin_v1_Instance)[];
}

export interface ListInstancesReply__Output {
  'instances': (_sluice_admin_v1_Instance__Output)[];
}
