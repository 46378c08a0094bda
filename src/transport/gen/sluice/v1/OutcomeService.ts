// Original file: proto/sluice/v1/outcomes.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ReportOutcomesReply as _sluice_v1_ReportOutcomesReply, ReportOutcomesReply__Output as _sluice_v1_ReportOutcomesReply__Output } from '../../sluice/v1/ReportOutcomesReply.ts';
import type { ReportOutcomesRequest as _sluice_v1_ReportOutcomesRequest, ReportOutcomesRequest__Output as _sluice_v1_ReportOutcomesRequest__Output } from '../../sluice/v1/ReportOutcomesRequest.ts';

export interface OutcomeServiceClient extends grpc.Client {
  ReportOutcomeStream(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientWritableStream<_sluice_v1_ReportOutcomesRequest>;
  ReportOutcomeStream(metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientWritableStream<_sluice_v1_ReportOutcomesRequest>;
  ReportOutcomeStream(options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientWritableStream<_sluice_v1_ReportOutcomesRequest>;
  ReportOutcomeStream(callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientWritableStream<_sluice_v1_ReportOutcomesRequest>;
  reportOutcomeStream(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientWritableStream<_sluice_v1_ReportOutcomesRequest>;
  reportOutcomeStream(metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientWritableStream<_sluice_v1_ReportOutcomesRequest>;
  reportOutcomeStream(options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientWritableStream<_sluice_v1_ReportOutcomesRequest>;
  reportOutcomeStream(callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientWritableStream<_sluice_v1_ReportOutcomesRequest>;
  
  ReportOutcomes(argument: _sluice_v1_ReportOutcomesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientUnaryCall;
  ReportOutcomes(argument: _sluice_v1_ReportOutcomesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientUnaryCall;
  ReportOutcomes(argument: _sluice_v1_ReportOutcomesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientUnaryCall;
  ReportOutcomes(argument: _sluice_v1_ReportOutcomesRequest, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientUnaryCall;
  reportOutcomes(argument: _sluice_v1_ReportOutcomesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientUnaryCall;
  reportOutcomes(argument: _sluice_v1_ReportOutcomesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientUnaryCall;
  reportOutcomes(argument: _sluice_v1_ReportOutcomesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientUnaryCall;
  reportOutcomes(argument: _sluice_v1_ReportOutcomesRequest, callback: grpc.requestCallback<_sluice_v1_ReportOutcomesReply__Output>): grpc.ClientUnaryCall;
  
}

export interface OutcomeServiceHandlers extends grpc.UntypedServiceImplementation {
  ReportOutcomeStream: grpc.handleClientStreamingCall<_sluice_v1_ReportOutcomesRequest__Output, _sluice_v1_ReportOutcomesReply>;
  
  ReportOutcomes: grpc.handleUnaryCall<_sluice_v1_ReportOutcomesRequest__Output, _sluice_v1_ReportOutcomesReply>;
  
}

export interface OutcomeServiceDefinition extends grpc.ServiceDefinition {
  ReportOutcomeStream: MethodDefinition<_sluice_v1_ReportOutcomesRequest, _sluice_v1_ReportOutcomesReply, _sluice_v1_ReportOutcomesRequest__Output, _sluice_v1_ReportOutcomesReply__Output>
  ReportOutcomes: MethodDefinition<_sluice_v1_ReportOutcomesRequest, _sluice_v1_ReportOutcomesReply, _sluice_v1_ReportOutcomesRequest__Output, _sluice_v1_ReportOutcomesReply__Output>
}
