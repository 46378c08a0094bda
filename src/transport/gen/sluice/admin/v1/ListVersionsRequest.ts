// Original file: proto/sluice/admin/v1/registry.proto

import type { RegistryState as _sluice_admin_v1_RegistryState, RegistryState__Output as _sluice_admin_v1_RegistryState__Output } from '../../../sluice/admin/v1/RegistryState.ts';

export interface ListVersionsRequest {
  'model'?: (string);
  'stage'?: (string);
  'state'?: (_sluice_admin_v1_RegistryState);
  'tag'?: (string);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListVersionsRequest__Output {
  'model': (string);
  'stage': (string);
  'state': (_sluice_admin_v1_RegistryState__Output);
  'tag': (string);
  'pageSize': (number);
  'pageToken': (string);
}
