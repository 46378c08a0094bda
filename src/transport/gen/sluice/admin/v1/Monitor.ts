// Original file: proto/sluice/admin/v1/monitor.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CheckHealthRequest as _sluice_admin_v1_CheckHealthRequest, CheckHealthRequest__Output as _sluice_admin_v1_CheckHealthRequest__Output } from '../../../sluice/admin/v1/CheckHealthRequest.ts';
import type { GetStatsRequest as _sluice_admin_v1_GetStatsRequest, GetStatsRequest__Output as _sluice_admin_v1_GetStatsRequest__Output } from '../../../sluice/admin/v1/GetStatsRequest.ts';
import type { HealthReport as _sluice_admin_v1_HealthReport, HealthReport__Output as _sluice_admin_v1_HealthReport__Output } from '../../../sluice/admin/v1/HealthReport.ts';
import type { ListInstancesReply as _sluice_admin_v1_ListInstancesReply, ListInstancesReply__Output as _sluice_admin_v1_ListInstancesReply__Output } from '../../../sluice/admin/v1/ListInstancesReply.ts';
import type { ListInstancesRequest as _sluice_admin_v1_ListInstancesRequest, ListInstancesRequest__Output as _sluice_admin_v1_ListInstancesRequest__Output } from '../../../sluice/admin/v1/ListInstancesRequest.ts';
import type { Stats as _sluice_admin_v1_Stats, Stats__Output as _sluice_admin_v1_Stats__Output } from '../../../sluice/admin/v1/Stats.ts';
import type { WatchStatsRequest as _sluice_admin_v1_WatchStatsRequest, WatchStatsRequest__Output as _sluice_admin_v1_WatchStatsRequest__Output } from '../../../sluice/admin/v1/WatchStatsRequest.ts';

export interface MonitorClient extends grpc.Client {
  CheckHealth(argument: _sluice_admin_v1_CheckHealthRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_HealthReport__Output>): grpc.ClientUnaryCall;
  CheckHealth(argument: _sluice_admin_v1_CheckHealthRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_HealthReport__Output>): grpc.ClientUnaryCall;
  CheckHealth(argument: _sluice_admin_v1_CheckHealthRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_HealthReport__Output>): grpc.ClientUnaryCall;
  CheckHealth(argument: _sluice_admin_v1_CheckHealthRequest, callback: grpc.requestCallback<_sluice_admin_v1_HealthReport__Output>): grpc.ClientUnaryCall;
  checkHealth(argument: _sluice_admin_v1_CheckHealthRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_HealthReport__Output>): grpc.ClientUnaryCall;
  checkHealth(argument: _sluice_admin_v1_CheckHealthRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_HealthReport__Output>): grpc.ClientUnaryCall;
  checkHealth(argument: _sluice_admin_v1_CheckHealthRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_HealthReport__Output>): grpc.ClientUnaryCall;
  checkHealth(argument: _sluice_admin_v1_CheckHealthRequest, callback: grpc.requestCallback<_sluice_admin_v1_HealthReport__Output>): grpc.ClientUnaryCall;
  
  GetStats(argument: _sluice_admin_v1_GetStatsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Stats__Output>): grpc.ClientUnaryCall;
  GetStats(argument: _sluice_admin_v1_GetStatsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Stats__Output>): grpc.ClientUnaryCall;
  GetStats(argument: _sluice_admin_v1_GetStatsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Stats__Output>): grpc.ClientUnaryCall;
  GetStats(argument: _sluice_admin_v1_GetStatsRequest, callback: grpc.requestCallback<_sluice_admin_v1_Stats__Output>): grpc.ClientUnaryCall;
  getStats(argument: _sluice_admin_v1_GetStatsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Stats__Output>): grpc.ClientUnaryCall;
  getStats(argument: _sluice_admin_v1_GetStatsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Stats__Output>): grpc.ClientUnaryCall;
  getStats(argument: _sluice_admin_v1_GetStatsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Stats__Output>): grpc.ClientUnaryCall;
  getStats(argument: _sluice_admin_v1_GetStatsRequest, callback: grpc.requestCallback<_sluice_admin_v1_Stats__Output>): grpc.ClientUnaryCall;
  
  ListInstances(argument: _sluice_admin_v1_ListInstancesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListInstancesReply__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _sluice_admin_v1_ListInstancesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListInstancesReply__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _sluice_admin_v1_ListInstancesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListInstancesReply__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _sluice_admin_v1_ListInstancesRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListInstancesReply__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _sluice_admin_v1_ListInstancesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListInstancesReply__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _sluice_admin_v1_ListInstancesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListInstancesReply__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _sluice_admin_v1_ListInstancesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListInstancesReply__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _sluice_admin_v1_ListInstancesRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListInstancesReply__Output>): grpc.ClientUnaryCall;
  
  WatchStats(argument: _sluice_admin_v1_WatchStatsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Stats__Output>;
  WatchStats(argument: _sluice_admin_v1_WatchStatsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Stats__Output>;
  watchStats(argument: _sluice_admin_v1_WatchStatsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Stats__Output>;
  watchStats(argument: _sluice_admin_v1_WatchStatsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Stats__Output>;
  
}

export interface MonitorHandlers extends grpc.UntypedServiceImplementation {
  CheckHealth: grpc.handleUnaryCall<_sluice_admin_v1_CheckHealthRequest__Output, _sluice_admin_v1_HealthReport>;
  
  GetStats: grpc.handleUnaryCall<_sluice_admin_v1_GetStatsRequest__Output, _sluice_admin_v1_Stats>;
  
  ListInstances: grpc.handleUnaryCall<_sluice_admin_v1_ListInstancesRequest__Output, _sluice_admin_v1_ListInstancesReply>;
  
  WatchStats: grpc.handleServerStreamingCall<_sluice_admin_v1_WatchStatsRequest__Output, _sluice_admin_v1_Stats>;
  
}

export interface MonitorDefinition extends grpc.ServiceDefinition {
  CheckHealth: MethodDefinition<_sluice_admin_v1_CheckHealthRequest, _sluice_admin_v1_HealthReport, _sluice_admin_v1_CheckHealthRequest__Output, _sluice_admin_v1_HealthReport__Output>
  GetStats: MethodDefinition<_sluice_admin_v1_GetStatsRequest, _sluice_admin_v1_Stats, _sluice_admin_v1_GetStatsRequest__Output, _sluice_admin_v1_Stats__Output>
  ListInstances: MethodDefinition<_sluice_admin_v1_ListInstancesRequest, _sluice_admin_v1_ListInstancesReply, _sluice_admin_v1_ListInstancesRequest__Output, _sluice_admin_v1_ListInstancesReply__Output>
  WatchStats: MethodDefinition<_sluice_admin_v1_WatchStatsRequest, _sluice_admin_v1_Stats, _sluice_admin_v1_WatchStatsRequest__Output, _sluice_admin_v1_Stats__Output>
}
