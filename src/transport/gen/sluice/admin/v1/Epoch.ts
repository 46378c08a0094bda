// Original file: proto/sluice/admin/v1/traffic.proto

import type { TrafficPolicy as _sluice_admin_v1_TrafficPolicy, TrafficPolicy__Output as _sluice_admin_v1_TrafficPolicy__Output } from '../../../sluice/admin/v1/TrafficPolicy.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Epoch {
  'model'?: (string);
  'epoch'?: (number | string | Long);
  'policy'?: (_sluice_admin_v1_TrafficPolicy | null);
  'digests'?: ({[key: string]: string});
  'validFrom'?: (_google_protobuf_Timestamp | null);
  'validTo'?: (_google_protobuf_Timestamp | null);
  'actor'?: (string);
  'reason'?: (string);
  'cause'?: (string);
}

export interface Epoch__Output {
  'model': (string);
  'epoch': (Long);
  'policy': (_sluice_admin_v1_TrafficPolicy__Output | null);
  'digests': ({[key: string]: string});
  'validFrom': (_google_protobuf_Timestamp__Output | null);
  'validTo': (_google_protobuf_Timestamp__Output | null);
  'actor': (string);
  'reason': (string);
  'cause': (string);
}
