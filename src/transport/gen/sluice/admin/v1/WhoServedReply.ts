// Original file: proto/sluice/admin/v1/audit.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { ServingEpoch as _sluice_admin_v1_ServingEpoch, ServingEpoch__Output as _sluice_admin_v1_ServingEpoch__Output } from '../../../sluice/admin/v1/ServingEpoch.ts';

export interface WhoServedReply {
  'model'?: (string);
  'at'?: (_google_protobuf_Timestamp | null);
  'epochs'?: (_sluice_admin_v1_ServingEpoch)[];
}

export interface WhoServedReply__Output {
  'model': (string);
  'at': (_google_protobuf_Timestamp__Output | null);
  'epochs': (_sluice_admin_v1_ServingEpoch__Output)[];
}
