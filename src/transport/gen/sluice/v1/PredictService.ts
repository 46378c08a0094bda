// Original file: proto/sluice/v1/predict.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetModelReply as _sluice_v1_GetModelReply, GetModelReply__Output as _sluice_v1_GetModelReply__Output } from '../../sluice/v1/GetModelReply.ts';
import type { GetModelRequest as _sluice_v1_GetModelRequest, GetModelRequest__Output as _sluice_v1_GetModelRequest__Output } from '../../sluice/v1/GetModelRequest.ts';
import type { ListModelsReply as _sluice_v1_ListModelsReply, ListModelsReply__Output as _sluice_v1_ListModelsReply__Output } from '../../sluice/v1/ListModelsReply.ts';
import type { ListModelsRequest as _sluice_v1_ListModelsRequest, ListModelsRequest__Output as _sluice_v1_ListModelsRequest__Output } from '../../sluice/v1/ListModelsRequest.ts';
import type { ListVersionsReply as _sluice_v1_ListVersionsReply, ListVersionsReply__Output as _sluice_v1_ListVersionsReply__Output } from '../../sluice/v1/ListVersionsReply.ts';
import type { ListVersionsRequest as _sluice_v1_ListVersionsRequest, ListVersionsRequest__Output as _sluice_v1_ListVersionsRequest__Output } from '../../sluice/v1/ListVersionsRequest.ts';
import type { PredictReply as _sluice_v1_PredictReply, PredictReply__Output as _sluice_v1_PredictReply__Output } from '../../sluice/v1/PredictReply.ts';
import type { PredictRequest as _sluice_v1_PredictRequest, PredictRequest__Output as _sluice_v1_PredictRequest__Output } from '../../sluice/v1/PredictRequest.ts';
import type { PredictStreamReply as _sluice_v1_PredictStreamReply, PredictStreamReply__Output as _sluice_v1_PredictStreamReply__Output } from '../../sluice/v1/PredictStreamReply.ts';

export interface PredictServiceClient extends grpc.Client {
  GetModel(argument: _sluice_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_GetModelReply__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _sluice_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_GetModelReply__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _sluice_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_GetModelReply__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _sluice_v1_GetModelRequest, callback: grpc.requestCallback<_sluice_v1_GetModelReply__Output>): grpc.ClientUnaryCall;
  getModel(argument: _sluice_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_GetModelReply__Output>): grpc.ClientUnaryCall;
  getModel(argument: _sluice_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_GetModelReply__Output>): grpc.ClientUnaryCall;
  getModel(argument: _sluice_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_GetModelReply__Output>): grpc.ClientUnaryCall;
  getModel(argument: _sluice_v1_GetModelRequest, callback: grpc.requestCallback<_sluice_v1_GetModelReply__Output>): grpc.ClientUnaryCall;
  
  ListModels(argument: _sluice_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sluice_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sluice_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sluice_v1_ListModelsRequest, callback: grpc.requestCallback<_sluice_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sluice_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sluice_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sluice_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sluice_v1_ListModelsRequest, callback: grpc.requestCallback<_sluice_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  
  ListVersions(argument: _sluice_v1_ListVersionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  ListVersions(argument: _sluice_v1_ListVersionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  ListVersions(argument: _sluice_v1_ListVersionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  ListVersions(argument: _sluice_v1_ListVersionsRequest, callback: grpc.requestCallback<_sluice_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  listVersions(argument: _sluice_v1_ListVersionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  listVersions(argument: _sluice_v1_ListVersionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  listVersions(argument: _sluice_v1_ListVersionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  listVersions(argument: _sluice_v1_ListVersionsRequest, callback: grpc.requestCallback<_sluice_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  
  Predict(argument: _sluice_v1_PredictRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_PredictReply__Output>): grpc.ClientUnaryCall;
  Predict(argument: _sluice_v1_PredictRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_PredictReply__Output>): grpc.ClientUnaryCall;
  Predict(argument: _sluice_v1_PredictRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_PredictReply__Output>): grpc.ClientUnaryCall;
  Predict(argument: _sluice_v1_PredictRequest, callback: grpc.requestCallback<_sluice_v1_PredictReply__Output>): grpc.ClientUnaryCall;
  predict(argument: _sluice_v1_PredictRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_PredictReply__Output>): grpc.ClientUnaryCall;
  predict(argument: _sluice_v1_PredictRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_v1_PredictReply__Output>): grpc.ClientUnaryCall;
  predict(argument: _sluice_v1_PredictRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_v1_PredictReply__Output>): grpc.ClientUnaryCall;
  predict(argument: _sluice_v1_PredictRequest, callback: grpc.requestCallback<_sluice_v1_PredictReply__Output>): grpc.ClientUnaryCall;
  
  PredictStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_sluice_v1_PredictRequest, _sluice_v1_PredictStreamReply__Output>;
  PredictStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_sluice_v1_PredictRequest, _sluice_v1_PredictStreamReply__Output>;
  predictStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_sluice_v1_PredictRequest, _sluice_v1_PredictStreamReply__Output>;
  predictStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_sluice_v1_PredictRequest, _sluice_v1_PredictStreamReply__Output>;
  
}

export interface PredictServiceHandlers extends grpc.UntypedServiceImplementation {
  GetModel: grpc.handleUnaryCall<_sluice_v1_GetModelRequest__Output, _sluice_v1_GetModelReply>;
  
  ListModels: grpc.handleUnaryCall<_sluice_v1_ListModelsRequest__Output, _sluice_v1_ListModelsReply>;
  
  ListVersions: grpc.handleUnaryCall<_sluice_v1_ListVersionsRequest__Output, _sluice_v1_ListVersionsReply>;
  
  Predict: grpc.handleUnaryCall<_sluice_v1_PredictRequest__Output, _sluice_v1_PredictReply>;
  
  PredictStream: grpc.handleBidiStreamingCall<_sluice_v1_PredictRequest__Output, _sluice_v1_PredictStreamReply>;
  
}

export interface PredictServiceDefinition extends grpc.ServiceDefinition {
  GetModel: MethodDefinition<_sluice_v1_GetModelRequest, _sluice_v1_GetModelReply, _sluice_v1_GetModelRequest__Output, _sluice_v1_GetModelReply__Output>
  ListModels: MethodDefinition<_sluice_v1_ListModelsRequest, _sluice_v1_ListModelsReply, _sluice_v1_ListModelsRequest__Output, _sluice_v1_ListModelsReply__Output>
  ListVersions: MethodDefinition<_sluice_v1_ListVersionsRequest, _sluice_v1_ListVersionsReply, _sluice_v1_ListVersionsRequest__Output, _sluice_v1_ListVersionsReply__Output>
  Predict: MethodDefinition<_sluice_v1_PredictRequest, _sluice_v1_PredictReply, _sluice_v1_PredictRequest__Output, _sluice_v1_PredictReply__Output>
  PredictStream: MethodDefinition<_sluice_v1_PredictRequest, _sluice_v1_PredictStreamReply, _sluice_v1_PredictRequest__Output, _sluice_v1_PredictStreamReply__Output>
}
