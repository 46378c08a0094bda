// Original file: proto/sluice/admin/v1/monitor.proto

import type { GetStatsRequest as _sluice_admin_v1_GetStatsRequest, GetStatsRequest__Output as _sluice_admin_v1_GetStatsRequest__Output } from '../../../sluice/admin/v1/GetStatsRequest.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface WatchStatsRequest {
  'stats'?: (_sluice_admin_v1_GetStatsRequest | null);
  'interval'?: (_google_protobuf_Duration | null);
}

export interface WatchStatsRequest__Output {
  'stats': (_sluice_admin_v1_GetStatsRequest__Output | null);
  'interval': (_google_protobuf_Duration__Output | null);
}
