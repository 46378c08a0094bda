import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { CheckHealthRequest as _sluice_admin_v1_CheckHealthRequest, CheckHealthRequest__Output as _sluice_admin_v1_CheckHealthRequest__Output } from './sluice/admin/v1/CheckHealthRequest.ts';
import type { GetStatsRequest as _sluice_admin_v1_GetStatsRequest, GetStatsRequest__Output as _sluice_admin_v1_GetStatsRequest__Output } from './sluice/admin/v1/GetStatsRequest.ts';
import type { HealthReport as _sluice_admin_v1_HealthReport, HealthReport__Output as _sluice_admin_v1_HealthReport__Output } from './sluice/admin/v1/HealthReport.ts';
import type { Instance as _sluice_admin_v1_Instance, Instance__Output as _sluice_admin_v1_Instance__Output } from './sluice/admin/v1/Instance.ts';
import type { Latency as _sluice_admin_v1_Latency, Latency__Output as _sluice_admin_v1_Latency__Output } from './sluice/admin/v1/Latency.ts';
import type { LatencyBucket as _sluice_admin_v1_LatencyBucket, LatencyBucket__Output as _sluice_admin_v1_LatencyBucket__Output } from './sluice/admin/v1/LatencyBucket.ts';
import type { ListInstancesReply as _sluice_admin_v1_ListInstancesReply, ListInstancesReply__Output as _sluice_admin_v1_ListInstancesReply__Output } from './sluice/admin/v1/ListInstancesReply.ts';
import type { ListInstancesRequest as _sluice_admin_v1_ListInstancesRequest, ListInstancesRequest__Output as _sluice_admin_v1_ListInstancesRequest__Output } from './sluice/admin/v1/ListInstancesRequest.ts';
import type { MonitorClient as _sluice_admin_v1_MonitorClient, MonitorDefinition as _sluice_admin_v1_MonitorDefinition } from './sluice/admin/v1/Monitor.ts';
import type { Stats as _sluice_admin_v1_Stats, Stats__Output as _sluice_admin_v1_Stats__Output } from './sluice/admin/v1/Stats.ts';
import type { StatsSlot as _sluice_admin_v1_StatsSlot, StatsSlot__Output as _sluice_admin_v1_StatsSlot__Output } from './sluice/admin/v1/StatsSlot.ts';
import type { WatchStatsRequest as _sluice_admin_v1_WatchStatsRequest, WatchStatsRequest__Output as _sluice_admin_v1_WatchStatsRequest__Output } from './sluice/admin/v1/WatchStatsRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  sluice: {
    admin: {
      v1: {
        CheckHealthRequest: MessageTypeDefinition<_sluice_admin_v1_CheckHealthRequest, _sluice_admin_v1_CheckHealthRequest__Output>
        GetStatsRequest: MessageTypeDefinition<_sluice_admin_v1_GetStatsRequest, _sluice_admin_v1_GetStatsRequest__Output>
        HealthReport: MessageTypeDefinition<_sluice_admin_v1_HealthReport, _sluice_admin_v1_HealthReport__Output>
        Instance: MessageTypeDefinition<_sluice_admin_v1_Instance, _sluice_admin_v1_Instance__Output>
        Latency: MessageTypeDefinition<_sluice_admin_v1_Latency, _sluice_admin_v1_Latency__Output>
        LatencyBucket: MessageTypeDefinition<_sluice_admin_v1_LatencyBucket, _sluice_admin_v1_LatencyBucket__Output>
        ListInstancesReply: MessageTypeDefinition<_sluice_admin_v1_ListInstancesReply, _sluice_admin_v1_ListInstancesReply__Output>
        ListInstancesRequest: MessageTypeDefinition<_sluice_admin_v1_ListInstancesRequest, _sluice_admin_v1_ListInstancesRequest__Output>
        Monitor: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_MonitorClient> & { service: _sluice_admin_v1_MonitorDefinition }
        Stats: MessageTypeDefinition<_sluice_admin_v1_Stats, _sluice_admin_v1_Stats__Output>
        StatsSlot: MessageTypeDefinition<_sluice_admin_v1_StatsSlot, _sluice_admin_v1_StatsSlot__Output>
        WatchStatsRequest: MessageTypeDefinition<_sluice_admin_v1_WatchStatsRequest, _sluice_admin_v1_WatchStatsRequest__Output>
      }
    }
  }
}

