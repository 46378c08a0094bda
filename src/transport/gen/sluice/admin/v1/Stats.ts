// Original file: proto/sluice/admin/v1/monitor.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Latency as _sluice_admin_v1_Latency, Latency__Output as _sluice_admin_v1_Latency__Output } from '../../../sluice/admin/v1/Latency.ts';
import type { StatsSlot as _sluice_admin_v1_StatsSlot, StatsSlot__Output as _sluice_admin_v1_StatsSlot__Output } from '../../../sluice/admin/v1/StatsSlot.ts';
import type { Long } from '@grpc/proto-loader';

export interface Stats {
  'model'?: (string);
  'version'?: (string);
  'role'?: (string);
  'from'?: (_google_protobuf_Timestamp | null);
  'to'?: (_google_protobuf_Timestamp | null);
  'total'?: (number | string | Long);
  'ok'?: (number | string | Long);
  'successRate'?: (number | string);
  'requestsPerSecond'?: (number | string);
  'latency'?: (_sluice_admin_v1_Latency | null);
  'queue'?: (_sluice_admin_v1_Latency | null);
  'compute'?: (_sluice_admin_v1_Latency | null);
  'errors'?: ({[key: string]: number | string | Long});
  'rows'?: (number | string | Long);
  'runs'?: (number | string | Long);
  'batchRowsAvg'?: (number | string);
  'batchRowsP50'?: (number | string);
  'batchRowsP99'?: (number | string);
  'dropped'?: (number | string | Long);
  'slots'?: (_sluice_admin_v1_StatsSlot)[];
}

export interface Stats__Output {
  'model': (string);
  'version': (string);
  'role': (string);
  'from': (_google_protobuf_Timestamp__Output | null);
  'to': (_google_protobuf_Timestamp__Output | null);
  'total': (Long);
  'ok': (Long);
  'successRate': (number);
  'requestsPerSecond': (number);
  'latency': (_sluice_admin_v1_Latency__Output | null);
  'queue': (_sluice_admin_v1_Latency__Output | null);
  'compute': (_sluice_admin_v1_Latency__Output | null);
  'errors': ({[key: string]: Long});
  'rows': (Long);
  'runs': (Long);
  'batchRowsAvg': (number);
  'batchRowsP50': (number);
  'batchRowsP99': (number);
  'dropped': (Long);
  'slots': (_sluice_admin_v1_StatsSlot__Output)[];
}
