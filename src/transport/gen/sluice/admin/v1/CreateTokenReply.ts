// Original file: proto/sluice/admin/v1/access.proto

import type { Token as _sluice_admin_v1_Token, Token__Output as _sluice_admin_v1_Token__Output } from '../../../sluice/admin/v1/Token.ts';

export interface CreateTokenReply {
  'token'?: (_sluice_admin_v1_Token | null);
  'secret'?: (string);
}

export interface CreateTokenReply__Output {
  'token': (_sluice_admin_v1_Token__Output | null);
  'secret': (string);
}
