// Original file: proto/sluice/admin/v1/access.proto

import type { AccessRole as _sluice_admin_v1_AccessRole, AccessRole__Output as _sluice_admin_v1_AccessRole__Output } from '../../../sluice/admin/v1/AccessRole.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface CreateTokenRequest {
  'name'?: (string);
  'role'?: (_sluice_admin_v1_AccessRole);
  'models'?: (string)[];
  'lifetime'?: (_google_protobuf_Duration | null);
  'requestsPerSecond'?: (number);
  'burst'?: (number);
  'reason'?: (string);
}

export interface CreateTokenRequest__Output {
  'name': (string);
  'role': (_sluice_admin_v1_AccessRole__Output);
  'models': (string)[];
  'lifetime': (_google_protobuf_Duration__Output | null);
  'requestsPerSecond': (number);
  'burst': (number);
  'reason': (string);
}
