// Original file: proto/sluice/admin/v1/shadows.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetComparisonRequest as _sluice_admin_v1_GetComparisonRequest, GetComparisonRequest__Output as _sluice_admin_v1_GetComparisonRequest__Output } from '../../../sluice/admin/v1/GetComparisonRequest.ts';
import type { ListExamplesReply as _sluice_admin_v1_ListExamplesReply, ListExamplesReply__Output as _sluice_admin_v1_ListExamplesReply__Output } from '../../../sluice/admin/v1/ListExamplesReply.ts';
import type { ShadowComparison as _sluice_admin_v1_ShadowComparison, ShadowComparison__Output as _sluice_admin_v1_ShadowComparison__Output } from '../../../sluice/admin/v1/ShadowComparison.ts';

export interface ShadowsClient extends grpc.Client {
  GetComparison(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ShadowComparison__Output>): grpc.ClientUnaryCall;
  GetComparison(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ShadowComparison__Output>): grpc.ClientUnaryCall;
  GetComparison(argument: _sluice_admin_v1_GetComparisonRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ShadowComparison__Output>): grpc.ClientUnaryCall;
  GetComparison(argument: _sluice_admin_v1_GetComparisonRequest, callback: grpc.requestCallback<_sluice_admin_v1_ShadowComparison__Output>): grpc.ClientUnaryCall;
  getComparison(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ShadowComparison__Output>): grpc.ClientUnaryCall;
  getComparison(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ShadowComparison__Output>): grpc.ClientUnaryCall;
  getComparison(argument: _sluice_admin_v1_GetComparisonRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ShadowComparison__Output>): grpc.ClientUnaryCall;
  getComparison(argument: _sluice_admin_v1_GetComparisonRequest, callback: grpc.requestCallback<_sluice_admin_v1_ShadowComparison__Output>): grpc.ClientUnaryCall;
  
  ListExamples(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListExamplesReply__Output>): grpc.ClientUnaryCall;
  ListExamples(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListExamplesReply__Output>): grpc.ClientUnaryCall;
  ListExamples(argument: _sluice_admin_v1_GetComparisonRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListExamplesReply__Output>): grpc.ClientUnaryCall;
  ListExamples(argument: _sluice_admin_v1_GetComparisonRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListExamplesReply__Output>): grpc.ClientUnaryCall;
  listExamples(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListExamplesReply__Output>): grpc.ClientUnaryCall;
  listExamples(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListExamplesReply__Output>): grpc.ClientUnaryCall;
  listExamples(argument: _sluice_admin_v1_GetComparisonRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListExamplesReply__Output>): grpc.ClientUnaryCall;
  listExamples(argument: _sluice_admin_v1_GetComparisonRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListExamplesReply__Output>): grpc.ClientUnaryCall;
  
  WatchComparison(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_ShadowComparison__Output>;
  WatchComparison(argument: _sluice_admin_v1_GetComparisonRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_ShadowComparison__Output>;
  watchComparison(argument: _sluice_admin_v1_GetComparisonRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_ShadowComparison__Output>;
  watchComparison(argument: _sluice_admin_v1_GetComparisonRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_ShadowComparison__Output>;
  
}

export interface ShadowsHandlers extends grpc.UntypedServiceImplementation {
  GetComparison: grpc.handleUnaryCall<_sluice_admin_v1_GetComparisonRequest__Output, _sluice_admin_v1_ShadowComparison>;
  
  ListExamples: grpc.handleUnaryCall<_sluice_admin_v1_GetComparisonRequest__Output, _sluice_admin_v1_ListExamplesReply>;
  
  WatchComparison: grpc.handleServerStreamingCall<_sluice_admin_v1_GetComparisonRequest__Output, _sluice_admin_v1_ShadowComparison>;
  
}

export interface ShadowsDefinition extends grpc.ServiceDefinition {
  GetComparison: MethodDefinition<_sluice_admin_v1_GetComparisonRequest, _sluice_admin_v1_ShadowComparison, _sluice_admin_v1_GetComparisonRequest__Output, _sluice_admin_v1_ShadowComparison__Output>
  ListExamples: MethodDefinition<_sluice_admin_v1_GetComparisonRequest, _sluice_admin_v1_ListExamplesReply, _sluice_admin_v1_GetComparisonRequest__Output, _sluice_admin_v1_ListExamplesReply__Output>
  WatchComparison: MethodDefinition<_sluice_admin_v1_GetComparisonRequest, _sluice_admin_v1_ShadowComparison, _sluice_admin_v1_GetComparisonRequest__Output, _sluice_admin_v1_ShadowComparison__Output>
}
