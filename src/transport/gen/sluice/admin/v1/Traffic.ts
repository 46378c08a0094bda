// Original file: proto/sluice/admin/v1/traffic.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetTrafficRequest as _sluice_admin_v1_GetTrafficRequest, GetTrafficRequest__Output as _sluice_admin_v1_GetTrafficRequest__Output } from '../../../sluice/admin/v1/GetTrafficRequest.ts';
import type { ListEpochsReply as _sluice_admin_v1_ListEpochsReply, ListEpochsReply__Output as _sluice_admin_v1_ListEpochsReply__Output } from '../../../sluice/admin/v1/ListEpochsReply.ts';
import type { ListEpochsRequest as _sluice_admin_v1_ListEpochsRequest, ListEpochsRequest__Output as _sluice_admin_v1_ListEpochsRequest__Output } from '../../../sluice/admin/v1/ListEpochsRequest.ts';
import type { RollbackTrafficRequest as _sluice_admin_v1_RollbackTrafficRequest, RollbackTrafficRequest__Output as _sluice_admin_v1_RollbackTrafficRequest__Output } from '../../../sluice/admin/v1/RollbackTrafficRequest.ts';
import type { SetTrafficRequest as _sluice_admin_v1_SetTrafficRequest, SetTrafficRequest__Output as _sluice_admin_v1_SetTrafficRequest__Output } from '../../../sluice/admin/v1/SetTrafficRequest.ts';
import type { SwitchTrafficRequest as _sluice_admin_v1_SwitchTrafficRequest, SwitchTrafficRequest__Output as _sluice_admin_v1_SwitchTrafficRequest__Output } from '../../../sluice/admin/v1/SwitchTrafficRequest.ts';
import type { TrafficReply as _sluice_admin_v1_TrafficReply, TrafficReply__Output as _sluice_admin_v1_TrafficReply__Output } from '../../../sluice/admin/v1/TrafficReply.ts';
import type { WatchTrafficRequest as _sluice_admin_v1_WatchTrafficRequest, WatchTrafficRequest__Output as _sluice_admin_v1_WatchTrafficRequest__Output } from '../../../sluice/admin/v1/WatchTrafficRequest.ts';

export interface TrafficClient extends grpc.Client {
  GetTraffic(argument: _sluice_admin_v1_GetTrafficRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  GetTraffic(argument: _sluice_admin_v1_GetTrafficRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  GetTraffic(argument: _sluice_admin_v1_GetTrafficRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  GetTraffic(argument: _sluice_admin_v1_GetTrafficRequest, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  getTraffic(argument: _sluice_admin_v1_GetTrafficRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  getTraffic(argument: _sluice_admin_v1_GetTrafficRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  getTraffic(argument: _sluice_admin_v1_GetTrafficRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  getTraffic(argument: _sluice_admin_v1_GetTrafficRequest, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  
  ListEpochs(argument: _sluice_admin_v1_ListEpochsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListEpochsReply__Output>): grpc.ClientUnaryCall;
  ListEpochs(argument: _sluice_admin_v1_ListEpochsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListEpochsReply__Output>): grpc.ClientUnaryCall;
  ListEpochs(argument: _sluice_admin_v1_ListEpochsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListEpochsReply__Output>): grpc.ClientUnaryCall;
  ListEpochs(argument: _sluice_admin_v1_ListEpochsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListEpochsReply__Output>): grpc.ClientUnaryCall;
  listEpochs(argument: _sluice_admin_v1_ListEpochsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListEpochsReply__Output>): grpc.ClientUnaryCall;
  listEpochs(argument: _sluice_admin_v1_ListEpochsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListEpochsReply__Output>): grpc.ClientUnaryCall;
  listEpochs(argument: _sluice_admin_v1_ListEpochsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListEpochsReply__Output>): grpc.ClientUnaryCall;
  listEpochs(argument: _sluice_admin_v1_ListEpochsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListEpochsReply__Output>): grpc.ClientUnaryCall;
  
  RollbackTraffic(argument: _sluice_admin_v1_RollbackTrafficRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  RollbackTraffic(argument: _sluice_admin_v1_RollbackTrafficRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  RollbackTraffic(argument: _sluice_admin_v1_RollbackTrafficRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  RollbackTraffic(argument: _sluice_admin_v1_RollbackTrafficRequest, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  rollbackTraffic(argument: _sluice_admin_v1_RollbackTrafficRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  rollbackTraffic(argument: _sluice_admin_v1_RollbackTrafficRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  rollbackTraffic(argument: _sluice_admin_v1_RollbackTrafficRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  rollbackTraffic(argument: _sluice_admin_v1_RollbackTrafficRequest, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  
  SetTraffic(argument: _sluice_admin_v1_SetTrafficRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  SetTraffic(argument: _sluice_admin_v1_SetTrafficRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  SetTraffic(argument: _sluice_admin_v1_SetTrafficRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  SetTraffic(argument: _sluice_admin_v1_SetTrafficRequest, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  setTraffic(argument: _sluice_admin_v1_SetTrafficRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  setTraffic(argument: _sluice_admin_v1_SetTrafficRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  setTraffic(argument: _sluice_admin_v1_SetTrafficRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  setTraffic(argument: _sluice_admin_v1_SetTrafficRequest, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  
  SwitchTraffic(argument: _sluice_admin_v1_SwitchTrafficRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  SwitchTraffic(argument: _sluice_admin_v1_SwitchTrafficRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  SwitchTraffic(argument: _sluice_admin_v1_SwitchTrafficRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  SwitchTraffic(argument: _sluice_admin_v1_SwitchTrafficRequest, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  switchTraffic(argument: _sluice_admin_v1_SwitchTrafficRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  switchTraffic(argument: _sluice_admin_v1_SwitchTrafficRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  switchTraffic(argument: _sluice_admin_v1_SwitchTrafficRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  switchTraffic(argument: _sluice_admin_v1_SwitchTrafficRequest, callback: grpc.requestCallback<_sluice_admin_v1_TrafficReply__Output>): grpc.ClientUnaryCall;
  
  WatchTraffic(argument: _sluice_admin_v1_WatchTrafficRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_TrafficReply__Output>;
  WatchTraffic(argument: _sluice_admin_v1_WatchTrafficRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_TrafficReply__Output>;
  watchTraffic(argument: _sluice_admin_v1_WatchTrafficRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_TrafficReply__Output>;
  watchTraffic(argument: _sluice_admin_v1_WatchTrafficRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_TrafficReply__Output>;
  
}

export interface TrafficHandlers extends grpc.UntypedServiceImplementation {
  GetTraffic: grpc.handleUnaryCall<_sluice_admin_v1_GetTrafficRequest__Output, _sluice_admin_v1_TrafficReply>;
  
  ListEpochs: grpc.handleUnaryCall<_sluice_admin_v1_ListEpochsRequest__Output, _sluice_admin_v1_ListEpochsReply>;
  
  RollbackTraffic: grpc.handleUnaryCall<_sluice_admin_v1_RollbackTrafficRequest__Output, _sluice_admin_v1_TrafficReply>;
  
  SetTraffic: grpc.handleUnaryCall<_sluice_admin_v1_SetTrafficRequest__Output, _sluice_admin_v1_TrafficReply>;
  
  SwitchTraffic: grpc.handleUnaryCall<_sluice_admin_v1_SwitchTrafficRequest__Output, _sluice_admin_v1_TrafficReply>;
  
  WatchTraffic: grpc.handleServerStreamingCall<_sluice_admin_v1_WatchTrafficRequest__Output, _sluice_admin_v1_TrafficReply>;
  
}

export interface TrafficDefinition extends grpc.ServiceDefinition {
  GetTraffic: MethodDefinition<_sluice_admin_v1_GetTrafficRequest, _sluice_admin_v1_TrafficReply, _sluice_admin_v1_GetTrafficRequest__Output, _sluice_admin_v1_TrafficReply__Output>
  ListEpochs: MethodDefinition<_sluice_admin_v1_ListEpochsRequest, _sluice_admin_v1_ListEpochsReply, _sluice_admin_v1_ListEpochsRequest__Output, _sluice_admin_v1_ListEpochsReply__Output>
  RollbackTraffic: MethodDefinition<_sluice_admin_v1_RollbackTrafficRequest, _sluice_admin_v1_TrafficReply, _sluice_admin_v1_RollbackTrafficRequest__Output, _sluice_admin_v1_TrafficReply__Output>
  SetTraffic: MethodDefinition<_sluice_admin_v1_SetTrafficRequest, _sluice_admin_v1_TrafficReply, _sluice_admin_v1_SetTrafficRequest__Output, _sluice_admin_v1_TrafficReply__Output>
  SwitchTraffic: MethodDefinition<_sluice_admin_v1_SwitchTrafficRequest, _sluice_admin_v1_TrafficReply, _sluice_admin_v1_SwitchTrafficRequest__Output, _sluice_admin_v1_TrafficReply__Output>
  WatchTraffic: MethodDefinition<_sluice_admin_v1_WatchTrafficRequest, _sluice_admin_v1_TrafficReply, _sluice_admin_v1_WatchTrafficRequest__Output, _sluice_admin_v1_TrafficReply__Output>
}
