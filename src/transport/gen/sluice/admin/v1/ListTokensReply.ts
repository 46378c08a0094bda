// Original file: proto/sluice/admin/v1/access.proto

import type { Token as _sluice_admin_v1_Token, Token__Output as _sluice_admin_v1_Token__Output } from '../../../sluice/admin/v1/Token.ts';

export interface ListTokensReply {
  'tokens'?: (_sluice_admin_v1_Token)[];
  'nextPageToken'?: (string);
}

export interface ListTokensReply__Output {
  'tokens': (_sluice_admin_v1_Token__Output)[];
  'nextPageToken': (string);
}
