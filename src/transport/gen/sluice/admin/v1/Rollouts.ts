// Original file: proto/sluice/admin/v1/rollouts.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ChangeRolloutRequest as _sluice_admin_v1_ChangeRolloutRequest, ChangeRolloutRequest__Output as _sluice_admin_v1_ChangeRolloutRequest__Output } from '../../../sluice/admin/v1/ChangeRolloutRequest.ts';
import type { GetRolloutRequest as _sluice_admin_v1_GetRolloutRequest, GetRolloutRequest__Output as _sluice_admin_v1_GetRolloutRequest__Output } from '../../../sluice/admin/v1/GetRolloutRequest.ts';
import type { ListRolloutsReply as _sluice_admin_v1_ListRolloutsReply, ListRolloutsReply__Output as _sluice_admin_v1_ListRolloutsReply__Output } from '../../../sluice/admin/v1/ListRolloutsReply.ts';
import type { ListRolloutsRequest as _sluice_admin_v1_ListRolloutsRequest, ListRolloutsRequest__Output as _sluice_admin_v1_ListRolloutsRequest__Output } from '../../../sluice/admin/v1/ListRolloutsRequest.ts';
import type { PromoteRolloutRequest as _sluice_admin_v1_PromoteRolloutRequest, PromoteRolloutRequest__Output as _sluice_admin_v1_PromoteRolloutRequest__Output } from '../../../sluice/admin/v1/PromoteRolloutRequest.ts';
import type { Rollout as _sluice_admin_v1_Rollout, Rollout__Output as _sluice_admin_v1_Rollout__Output } from '../../../sluice/admin/v1/Rollout.ts';
import type { StartRolloutRequest as _sluice_admin_v1_StartRolloutRequest, StartRolloutRequest__Output as _sluice_admin_v1_StartRolloutRequest__Output } from '../../../sluice/admin/v1/StartRolloutRequest.ts';

export interface RolloutsClient extends grpc.Client {
  Abort(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Abort(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Abort(argument: _sluice_admin_v1_ChangeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Abort(argument: _sluice_admin_v1_ChangeRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  abort(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  abort(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  abort(argument: _sluice_admin_v1_ChangeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  abort(argument: _sluice_admin_v1_ChangeRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  
  Approve(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Approve(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Approve(argument: _sluice_admin_v1_ChangeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Approve(argument: _sluice_admin_v1_ChangeRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  approve(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  approve(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  approve(argument: _sluice_admin_v1_ChangeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  approve(argument: _sluice_admin_v1_ChangeRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  
  Get(argument: _sluice_admin_v1_GetRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Get(argument: _sluice_admin_v1_GetRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Get(argument: _sluice_admin_v1_GetRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Get(argument: _sluice_admin_v1_GetRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  get(argument: _sluice_admin_v1_GetRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  get(argument: _sluice_admin_v1_GetRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  get(argument: _sluice_admin_v1_GetRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  get(argument: _sluice_admin_v1_GetRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  
  List(argument: _sluice_admin_v1_ListRolloutsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListRolloutsReply__Output>): grpc.ClientUnaryCall;
  List(argument: _sluice_admin_v1_ListRolloutsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListRolloutsReply__Output>): grpc.ClientUnaryCall;
  List(argument: _sluice_admin_v1_ListRolloutsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListRolloutsReply__Output>): grpc.ClientUnaryCall;
  List(argument: _sluice_admin_v1_ListRolloutsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListRolloutsReply__Output>): grpc.ClientUnaryCall;
  list(argument: _sluice_admin_v1_ListRolloutsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListRolloutsReply__Output>): grpc.ClientUnaryCall;
  list(argument: _sluice_admin_v1_ListRolloutsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListRolloutsReply__Output>): grpc.ClientUnaryCall;
  list(argument: _sluice_admin_v1_ListRolloutsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListRolloutsReply__Output>): grpc.ClientUnaryCall;
  list(argument: _sluice_admin_v1_ListRolloutsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListRolloutsReply__Output>): grpc.ClientUnaryCall;
  
  Pause(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Pause(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Pause(argument: _sluice_admin_v1_ChangeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Pause(argument: _sluice_admin_v1_ChangeRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  pause(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  pause(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  pause(argument: _sluice_admin_v1_ChangeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  pause(argument: _sluice_admin_v1_ChangeRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  
  Promote(argument: _sluice_admin_v1_PromoteRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Promote(argument: _sluice_admin_v1_PromoteRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Promote(argument: _sluice_admin_v1_PromoteRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Promote(argument: _sluice_admin_v1_PromoteRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  promote(argument: _sluice_admin_v1_PromoteRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  promote(argument: _sluice_admin_v1_PromoteRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  promote(argument: _sluice_admin_v1_PromoteRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  promote(argument: _sluice_admin_v1_PromoteRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  
  Resume(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Resume(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Resume(argument: _sluice_admin_v1_ChangeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Resume(argument: _sluice_admin_v1_ChangeRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  resume(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  resume(argument: _sluice_admin_v1_ChangeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  resume(argument: _sluice_admin_v1_ChangeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  resume(argument: _sluice_admin_v1_ChangeRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  
  Start(argument: _sluice_admin_v1_StartRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Start(argument: _sluice_admin_v1_StartRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Start(argument: _sluice_admin_v1_StartRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  Start(argument: _sluice_admin_v1_StartRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  start(argument: _sluice_admin_v1_StartRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  start(argument: _sluice_admin_v1_StartRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  start(argument: _sluice_admin_v1_StartRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  start(argument: _sluice_admin_v1_StartRolloutRequest, callback: grpc.requestCallback<_sluice_admin_v1_Rollout__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _sluice_admin_v1_GetRolloutRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Rollout__Output>;
  Watch(argument: _sluice_admin_v1_GetRolloutRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Rollout__Output>;
  watch(argument: _sluice_admin_v1_GetRolloutRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Rollout__Output>;
  watch(argument: _sluice_admin_v1_GetRolloutRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Rollout__Output>;
  
}

export interface RolloutsHandlers extends grpc.UntypedServiceImplementation {
  Abort: grpc.handleUnaryCall<_sluice_admin_v1_ChangeRolloutRequest__Output, _sluice_admin_v1_Rollout>;
  
  Approve: grpc.handleUnaryCall<_sluice_admin_v1_ChangeRolloutRequest__Output, _sluice_admin_v1_Rollout>;
  
  Get: grpc.handleUnaryCall<_sluice_admin_v1_GetRolloutRequest__Output, _sluice_admin_v1_Rollout>;
  
  List: grpc.handleUnaryCall<_sluice_admin_v1_ListRolloutsRequest__Output, _sluice_admin_v1_ListRolloutsReply>;
  
  Pause: grpc.handleUnaryCall<_sluice_admin_v1_ChangeRolloutRequest__Output, _sluice_admin_v1_Rollout>;
  
  Promote: grpc.handleUnaryCall<_sluice_admin_v1_PromoteRolloutRequest__Output, _sluice_admin_v1_Rollout>;
  
  Resume: grpc.handleUnaryCall<_sluice_admin_v1_ChangeRolloutRequest__Output, _sluice_admin_v1_Rollout>;
  
  Start: grpc.handleUnaryCall<_sluice_admin_v1_StartRolloutRequest__Output, _sluice_admin_v1_Rollout>;
  
  Watch: grpc.handleServerStreamingCall<_sluice_admin_v1_GetRolloutRequest__Output, _sluice_admin_v1_Rollout>;
  
}

export interface RolloutsDefinition extends grpc.ServiceDefinition {
  Abort: MethodDefinition<_sluice_admin_v1_ChangeRolloutRequest, _sluice_admin_v1_Rollout, _sluice_admin_v1_ChangeRolloutRequest__Output, _sluice_admin_v1_Rollout__Output>
  Approve: MethodDefinition<_sluice_admin_v1_ChangeRolloutRequest, _sluice_admin_v1_Rollout, _sluice_admin_v1_ChangeRolloutRequest__Output, _sluice_admin_v1_Rollout__Output>
  Get: MethodDefinition<_sluice_admin_v1_GetRolloutRequest, _sluice_admin_v1_Rollout, _sluice_admin_v1_GetRolloutRequest__Output, _sluice_admin_v1_Rollout__Output>
  List: MethodDefinition<_sluice_admin_v1_ListRolloutsRequest, _sluice_admin_v1_ListRolloutsReply, _sluice_admin_v1_ListRolloutsRequest__Output, _sluice_admin_v1_ListRolloutsReply__Output>
  Pause: MethodDefinition<_sluice_admin_v1_ChangeRolloutRequest, _sluice_admin_v1_Rollout, _sluice_admin_v1_ChangeRolloutRequest__Output, _sluice_admin_v1_Rollout__Output>
  Promote: MethodDefinition<_sluice_admin_v1_PromoteRolloutRequest, _sluice_admin_v1_Rollout, _sluice_admin_v1_PromoteRolloutRequest__Output, _sluice_admin_v1_Rollout__Output>
  Resume: MethodDefinition<_sluice_admin_v1_ChangeRolloutRequest, _sluice_admin_v1_Rollout, _sluice_admin_v1_ChangeRolloutRequest__Output, _sluice_admin_v1_Rollout__Output>
  Start: MethodDefinition<_sluice_admin_v1_StartRolloutRequest, _sluice_admin_v1_Rollout, _sluice_admin_v1_StartRolloutRequest__Output, _sluice_admin_v1_Rollout__Output>
  Watch: MethodDefinition<_sluice_admin_v1_GetRolloutRequest, _sluice_admin_v1_Rollout, _sluice_admin_v1_GetRolloutRequest__Output, _sluice_admin_v1_Rollout__Output>
}
