// Original file: proto/sluice/admin/v1/access.proto

import type { AccessRole as _sluice_admin_v1_AccessRole, AccessRole__Output as _sluice_admin_v1_AccessRole__Output } from '../../../sluice/admin/v1/AccessRole.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface Token {
  'id'?: (string);
  'name'?: (string);
  'role'?: (_sluice_admin_v1_AccessRole);
  'models'?: (string)[];
  'requestsPerSecond'?: (number);
  'burst'?: (number);
  'madeAt'?: (_google_protobuf_Timestamp | null);
  'madeBy'?: (string);
  'expiresAt'?: (_google_protobuf_Timestamp | null);
  'revokedAt'?: (_google_protobuf_Timestamp | null);
  'lastUsedAt'?: (_google_protobuf_Timestamp | null);
}

export interface Token__Output {
  'id': (string);
  'name': (string);
  'role': (_sluice_admin_v1_AccessRole__Output);
  'models': (string)[];
  'requestsPerSecond': (number);
  'burst': (number);
  'madeAt': (_google_protobuf_Timestamp__Output | null);
  'madeBy': (string);
  'expiresAt': (_google_protobuf_Timestamp__Output | null);
  'revokedAt': (_google_protobuf_Timestamp__Output | null);
  'lastUsedAt': (_google_protobuf_Timestamp__Output | null);
}
