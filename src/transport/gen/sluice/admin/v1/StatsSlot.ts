// Original file: proto/sluice/admin/v1/monitor.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Latency as _sluice_admin_v1_Latency, Latency__Output as _sluice_admin_v1_Latency__Output } from '../../../sluice/admin/v1/Latency.ts';
import type { LatencyBucket as _sluice_admin_v1_LatencyBucket, LatencyBucket__Output as _sluice_admin_v1_LatencyBucket__Output } from '../../../sluice/admin/v1/LatencyBucket.ts';
import type { Long } from '@grpc/proto-loader';

export interface StatsSlot {
  'from'?: (_google_protobuf_Timestamp | null);
  'seconds'?: (number);
  'total'?: (number | string | Long);
  'ok'?: (number | string | Long);
  'latency'?: (_sluice_admin_v1_Latency | null);
  'buckets'?: (_sluice_admin_v1_LatencyBucket)[];
}

export interface StatsSlot__Output {
  'from': (_google_protobuf_Timestamp__Output | null);
  'seconds': (number);
  'total': (Long);
  'ok': (Long);
  'latency': (_sluice_admin_v1_Latency__Output | null);
  'buckets': (_sluice_admin_v1_LatencyBucket__Output)[];
}
