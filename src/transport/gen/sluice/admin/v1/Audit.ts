// Original file: proto/sluice/admin/v1/audit.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListEventsReply as _sluice_admin_v1_ListEventsReply, ListEventsReply__Output as _sluice_admin_v1_ListEventsReply__Output } from '../../../sluice/admin/v1/ListEventsReply.ts';
import type { ListEventsRequest as _sluice_admin_v1_ListEventsRequest, ListEventsRequest__Output as _sluice_admin_v1_ListEventsRequest__Output } from '../../../sluice/admin/v1/ListEventsRequest.ts';
import type { VerifyChainReply as _sluice_admin_v1_VerifyChainReply, VerifyChainReply__Output as _sluice_admin_v1_VerifyChainReply__Output } from '../../../sluice/admin/v1/VerifyChainReply.ts';
import type { VerifyChainRequest as _sluice_admin_v1_VerifyChainRequest, VerifyChainRequest__Output as _sluice_admin_v1_VerifyChainRequest__Output } from '../../../sluice/admin/v1/VerifyChainRequest.ts';
import type { WhoServedReply as _sluice_admin_v1_WhoServedReply, WhoServedReply__Output as _sluice_admin_v1_WhoServedReply__Output } from '../../../sluice/admin/v1/WhoServedReply.ts';
import type { WhoServedRequest as _sluice_admin_v1_WhoServedRequest, WhoServedRequest__Output as _sluice_admin_v1_WhoServedRequest__Output } from '../../../sluice/admin/v1/WhoServedRequest.ts';

export interface AuditClient extends grpc.Client {
  ListEvents(argument: _sluice_admin_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListEventsReply__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _sluice_admin_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListEventsReply__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _sluice_admin_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListEventsReply__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _sluice_admin_v1_ListEventsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListEventsReply__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _sluice_admin_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListEventsReply__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _sluice_admin_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListEventsReply__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _sluice_admin_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListEventsReply__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _sluice_admin_v1_ListEventsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListEventsReply__Output>): grpc.ClientUnaryCall;
  
  VerifyChain(argument: _sluice_admin_v1_VerifyChainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_VerifyChainReply__Output>): grpc.ClientUnaryCall;
  VerifyChain(argument: _sluice_admin_v1_VerifyChainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_VerifyChainReply__Output>): grpc.ClientUnaryCall;
  VerifyChain(argument: _sluice_admin_v1_VerifyChainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_VerifyChainReply__Output>): grpc.ClientUnaryCall;
  VerifyChain(argument: _sluice_admin_v1_VerifyChainRequest, callback: grpc.requestCallback<_sluice_admin_v1_VerifyChainReply__Output>): grpc.ClientUnaryCall;
  verifyChain(argument: _sluice_admin_v1_VerifyChainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_VerifyChainReply__Output>): grpc.ClientUnaryCall;
  verifyChain(argument: _sluice_admin_v1_VerifyChainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_VerifyChainReply__Output>): grpc.ClientUnaryCall;
  verifyChain(argument: _sluice_admin_v1_VerifyChainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_VerifyChainReply__Output>): grpc.ClientUnaryCall;
  verifyChain(argument: _sluice_admin_v1_VerifyChainRequest, callback: grpc.requestCallback<_sluice_admin_v1_VerifyChainReply__Output>): grpc.ClientUnaryCall;
  
  WhoServed(argument: _sluice_admin_v1_WhoServedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_WhoServedReply__Output>): grpc.ClientUnaryCall;
  WhoServed(argument: _sluice_admin_v1_WhoServedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_WhoServedReply__Output>): grpc.ClientUnaryCall;
  WhoServed(argument: _sluice_admin_v1_WhoServedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_WhoServedReply__Output>): grpc.ClientUnaryCall;
  WhoServed(argument: _sluice_admin_v1_WhoServedRequest, callback: grpc.requestCallback<_sluice_admin_v1_WhoServedReply__Output>): grpc.ClientUnaryCall;
  whoServed(argument: _sluice_admin_v1_WhoServedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_WhoServedReply__Output>): grpc.ClientUnaryCall;
  whoServed(argument: _sluice_admin_v1_WhoServedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_WhoServedReply__Output>): grpc.ClientUnaryCall;
  whoServed(argument: _sluice_admin_v1_WhoServedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_WhoServedReply__Output>): grpc.ClientUnaryCall;
  whoServed(argument: _sluice_admin_v1_WhoServedRequest, callback: grpc.requestCallback<_sluice_admin_v1_WhoServedReply__Output>): grpc.ClientUnaryCall;
  
}

export interface AuditHandlers extends grpc.UntypedServiceImplementation {
  ListEvents: grpc.handleUnaryCall<_sluice_admin_v1_ListEventsRequest__Output, _sluice_admin_v1_ListEventsReply>;
  
  VerifyChain: grpc.handleUnaryCall<_sluice_admin_v1_VerifyChainRequest__Output, _sluice_admin_v1_VerifyChainReply>;
  
  WhoServed: grpc.handleUnaryCall<_sluice_admin_v1_WhoServedRequest__Output, _sluice_admin_v1_WhoServedReply>;
  
}

export interface AuditDefinition extends grpc.ServiceDefinition {
  ListEvents: MethodDefinition<_sluice_admin_v1_ListEventsRequest, _sluice_admin_v1_ListEventsReply, _sluice_admin_v1_ListEventsRequest__Output, _sluice_admin_v1_ListEventsReply__Output>
  VerifyChain: MethodDefinition<_sluice_admin_v1_VerifyChainRequest, _sluice_admin_v1_VerifyChainReply, _sluice_admin_v1_VerifyChainRequest__Output, _sluice_admin_v1_VerifyChainReply__Output>
  WhoServed: MethodDefinition<_sluice_admin_v1_WhoServedRequest, _sluice_admin_v1_WhoServedReply, _sluice_admin_v1_WhoServedRequest__Output, _sluice_admin_v1_WhoServedReply__Output>
}
