// Original file: proto/sluice/admin/v1/registry.proto

import type { Alias as _sluice_admin_v1_Alias, Alias__Output as _sluice_admin_v1_Alias__Output } from '../../../sluice/admin/v1/Alias.ts';

export interface ListAliasesReply {
  'aliases'?: (_sluice_admin_v1_Alias)[];
}

export interface ListAliasesReply__Output {
  'aliases': (_sluice_admin_v1_Alias__Output)[];
}
