// Original file: proto/sluice/admin/v1/registry.proto

import type { Version as _sluice_admin_v1_Version, Version__Output as _sluice_admin_v1_Version__Output } from '../../../sluice/admin/v1/Version.ts';

export interface RegisterVersionReply {
  'version'?: (_sluice_admin_v1_Version | null);
  'created'?: (boolean);
}

export interface RegisterVersionReply__Output {
  'version': (_sluice_admin_v1_Version__Output | null);
  'created': (boolean);
}
