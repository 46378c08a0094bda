// Original file: proto/sluice/control/v1/control.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BlobChunk as _sluice_control_v1_BlobChunk, BlobChunk__Output as _sluice_control_v1_BlobChunk__Output } from '../../../sluice/control/v1/BlobChunk.ts';
import type { DesiredUpdate as _sluice_control_v1_DesiredUpdate, DesiredUpdate__Output as _sluice_control_v1_DesiredUpdate__Output } from '../../../sluice/control/v1/DesiredUpdate.ts';
import type { FetchBlobRequest as _sluice_control_v1_FetchBlobRequest, FetchBlobRequest__Output as _sluice_control_v1_FetchBlobRequest__Output } from '../../../sluice/control/v1/FetchBlobRequest.ts';
import type { InstanceMessage as _sluice_control_v1_InstanceMessage, InstanceMessage__Output as _sluice_control_v1_InstanceMessage__Output } from '../../../sluice/control/v1/InstanceMessage.ts';
import type { KeepOutcomesReply as _sluice_control_v1_KeepOutcomesReply, KeepOutcomesReply__Output as _sluice_control_v1_KeepOutcomesReply__Output } from '../../../sluice/control/v1/KeepOutcomesReply.ts';
import type { KeepOutcomesRequest as _sluice_control_v1_KeepOutcomesRequest, KeepOutcomesRequest__Output as _sluice_control_v1_KeepOutcomesRequest__Output } from '../../../sluice/control/v1/KeepOutcomesRequest.ts';

export interface ControlPlaneClient extends grpc.Client {
  FetchBlob(argument: _sluice_control_v1_FetchBlobRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_control_v1_BlobChunk__Output>;
  FetchBlob(argument: _sluice_control_v1_FetchBlobRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_control_v1_BlobChunk__Output>;
  fetchBlob(argument: _sluice_control_v1_FetchBlobRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_control_v1_BlobChunk__Output>;
  fetchBlob(argument: _sluice_control_v1_FetchBlobRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_control_v1_BlobChunk__Output>;
  
  KeepOutcomes(argument: _sluice_control_v1_KeepOutcomesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_control_v1_KeepOutcomesReply__Output>): grpc.ClientUnaryCall;
  KeepOutcomes(argument: _sluice_control_v1_KeepOutcomesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_control_v1_KeepOutcomesReply__Output>): grpc.ClientUnaryCall;
  KeepOutcomes(argument: _sluice_control_v1_KeepOutcomesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_control_v1_KeepOutcomesReply__Output>): grpc.ClientUnaryCall;
  KeepOutcomes(argument: _sluice_control_v1_KeepOutcomesRequest, callback: grpc.requestCallback<_sluice_control_v1_KeepOutcomesReply__Output>): grpc.ClientUnaryCall;
  keepOutcomes(argument: _sluice_control_v1_KeepOutcomesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_control_v1_KeepOutcomesReply__Output>): grpc.ClientUnaryCall;
  keepOutcomes(argument: _sluice_control_v1_KeepOutcomesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_control_v1_KeepOutcomesReply__Output>): grpc.ClientUnaryCall;
  keepOutcomes(argument: _sluice_control_v1_KeepOutcomesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_control_v1_KeepOutcomesReply__Output>): grpc.ClientUnaryCall;
  keepOutcomes(argument: _sluice_control_v1_KeepOutcomesRequest, callback: grpc.requestCallback<_sluice_control_v1_KeepOutcomesReply__Output>): grpc.ClientUnaryCall;
  
  Sync(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_sluice_control_v1_InstanceMessage, _sluice_control_v1_DesiredUpdate__Output>;
  Sync(options?: grpc.CallOptions): grpc.ClientDuplexStream<_sluice_control_v1_InstanceMessage, _sluice_control_v1_DesiredUpdate__Output>;
  sync(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_sluice_control_v1_InstanceMessage, _sluice_control_v1_DesiredUpdate__Output>;
  sync(options?: grpc.CallOptions): grpc.ClientDuplexStream<_sluice_control_v1_InstanceMessage, _sluice_control_v1_DesiredUpdate__Output>;
  
}

export interface ControlPlaneHandlers extends grpc.UntypedServiceImplementation {
  FetchBlob: grpc.handleServerStreamingCall<_sluice_control_v1_FetchBlobRequest__Output, _sluice_control_v1_BlobChunk>;
  
  KeepOutcomes: grpc.handleUnaryCall<_sluice_control_v1_KeepOutcomesRequest__Output, _sluice_control_v1_KeepOutcomesReply>;
  
  Sync: grpc.handleBidiStreamingCall<_sluice_control_v1_InstanceMessage__Output, _sluice_control_v1_DesiredUpdate>;
  
}

export interface ControlPlaneDefinition extends grpc.ServiceDefinition {
  FetchBlob: MethodDefinition<_sluice_control_v1_FetchBlobRequest, _sluice_control_v1_BlobChunk, _sluice_control_v1_FetchBlobRequest__Output, _sluice_control_v1_BlobChunk__Output>
  KeepOutcomes: MethodDefinition<_sluice_control_v1_KeepOutcomesRequest, _sluice_control_v1_KeepOutcomesReply, _sluice_control_v1_KeepOutcomesRequest__Output, _sluice_control_v1_KeepOutcomesReply__Output>
  Sync: MethodDefinition<_sluice_control_v1_InstanceMessage, _sluice_control_v1_DesiredUpdate, _sluice_control_v1_InstanceMessage__Output, _sluice_control_v1_DesiredUpdate__Output>
}
