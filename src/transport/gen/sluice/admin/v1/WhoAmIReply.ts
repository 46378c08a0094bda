// Original file: proto/sluice/admin/v1/access.proto

import type { AccessRole as _sluice_admin_v1_AccessRole, AccessRole__Output as _sluice_admin_v1_AccessRole__Output } from '../../../sluice/admin/v1/AccessRole.ts';

export interface WhoAmIReply {
  'name'?: (string);
  'role'?: (_sluice_admin_v1_AccessRole);
  'models'?: (string)[];
  'tokenId'?: (string);
}

export interface WhoAmIReply__Output {
  'name': (string);
  'role': (_sluice_admin_v1_AccessRole__Output);
  'models': (string)[];
  'tokenId': (string);
}
