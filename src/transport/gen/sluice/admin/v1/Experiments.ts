// Original file: proto/sluice/admin/v1/experiments.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ChangeExperimentRequest as _sluice_admin_v1_ChangeExperimentRequest, ChangeExperimentRequest__Output as _sluice_admin_v1_ChangeExperimentRequest__Output } from '../../../sluice/admin/v1/ChangeExperimentRequest.ts';
import type { ConcludeExperimentRequest as _sluice_admin_v1_ConcludeExperimentRequest, ConcludeExperimentRequest__Output as _sluice_admin_v1_ConcludeExperimentRequest__Output } from '../../../sluice/admin/v1/ConcludeExperimentRequest.ts';
import type { CreateExperimentRequest as _sluice_admin_v1_CreateExperimentRequest, CreateExperimentRequest__Output as _sluice_admin_v1_CreateExperimentRequest__Output } from '../../../sluice/admin/v1/CreateExperimentRequest.ts';
import type { Experiment as _sluice_admin_v1_Experiment, Experiment__Output as _sluice_admin_v1_Experiment__Output } from '../../../sluice/admin/v1/Experiment.ts';
import type { ExperimentResults as _sluice_admin_v1_ExperimentResults, ExperimentResults__Output as _sluice_admin_v1_ExperimentResults__Output } from '../../../sluice/admin/v1/ExperimentResults.ts';
import type { GetExperimentRequest as _sluice_admin_v1_GetExperimentRequest, GetExperimentRequest__Output as _sluice_admin_v1_GetExperimentRequest__Output } from '../../../sluice/admin/v1/GetExperimentRequest.ts';
import type { ListExperimentsReply as _sluice_admin_v1_ListExperimentsReply, ListExperimentsReply__Output as _sluice_admin_v1_ListExperimentsReply__Output } from '../../../sluice/admin/v1/ListExperimentsReply.ts';
import type { ListExperimentsRequest as _sluice_admin_v1_ListExperimentsRequest, ListExperimentsRequest__Output as _sluice_admin_v1_ListExperimentsRequest__Output } from '../../../sluice/admin/v1/ListExperimentsRequest.ts';

export interface ExperimentsClient extends grpc.Client {
  Conclude(argument: _sluice_admin_v1_ConcludeExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Conclude(argument: _sluice_admin_v1_ConcludeExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Conclude(argument: _sluice_admin_v1_ConcludeExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Conclude(argument: _sluice_admin_v1_ConcludeExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  conclude(argument: _sluice_admin_v1_ConcludeExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  conclude(argument: _sluice_admin_v1_ConcludeExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  conclude(argument: _sluice_admin_v1_ConcludeExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  conclude(argument: _sluice_admin_v1_ConcludeExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  
  Create(argument: _sluice_admin_v1_CreateExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Create(argument: _sluice_admin_v1_CreateExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Create(argument: _sluice_admin_v1_CreateExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Create(argument: _sluice_admin_v1_CreateExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  create(argument: _sluice_admin_v1_CreateExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  create(argument: _sluice_admin_v1_CreateExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  create(argument: _sluice_admin_v1_CreateExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  create(argument: _sluice_admin_v1_CreateExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  
  Get(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Get(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Get(argument: _sluice_admin_v1_GetExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Get(argument: _sluice_admin_v1_GetExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  get(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  get(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  get(argument: _sluice_admin_v1_GetExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  get(argument: _sluice_admin_v1_GetExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  
  GetResults(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ExperimentResults__Output>): grpc.ClientUnaryCall;
  GetResults(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ExperimentResults__Output>): grpc.ClientUnaryCall;
  GetResults(argument: _sluice_admin_v1_GetExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ExperimentResults__Output>): grpc.ClientUnaryCall;
  GetResults(argument: _sluice_admin_v1_GetExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_ExperimentResults__Output>): grpc.ClientUnaryCall;
  getResults(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ExperimentResults__Output>): grpc.ClientUnaryCall;
  getResults(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ExperimentResults__Output>): grpc.ClientUnaryCall;
  getResults(argument: _sluice_admin_v1_GetExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ExperimentResults__Output>): grpc.ClientUnaryCall;
  getResults(argument: _sluice_admin_v1_GetExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_ExperimentResults__Output>): grpc.ClientUnaryCall;
  
  List(argument: _sluice_admin_v1_ListExperimentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListExperimentsReply__Output>): grpc.ClientUnaryCall;
  List(argument: _sluice_admin_v1_ListExperimentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListExperimentsReply__Output>): grpc.ClientUnaryCall;
  List(argument: _sluice_admin_v1_ListExperimentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListExperimentsReply__Output>): grpc.ClientUnaryCall;
  List(argument: _sluice_admin_v1_ListExperimentsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListExperimentsReply__Output>): grpc.ClientUnaryCall;
  list(argument: _sluice_admin_v1_ListExperimentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListExperimentsReply__Output>): grpc.ClientUnaryCall;
  list(argument: _sluice_admin_v1_ListExperimentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListExperimentsReply__Output>): grpc.ClientUnaryCall;
  list(argument: _sluice_admin_v1_ListExperimentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListExperimentsReply__Output>): grpc.ClientUnaryCall;
  list(argument: _sluice_admin_v1_ListExperimentsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListExperimentsReply__Output>): grpc.ClientUnaryCall;
  
  Start(argument: _sluice_admin_v1_ChangeExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Start(argument: _sluice_admin_v1_ChangeExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Start(argument: _sluice_admin_v1_ChangeExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Start(argument: _sluice_admin_v1_ChangeExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  start(argument: _sluice_admin_v1_ChangeExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  start(argument: _sluice_admin_v1_ChangeExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  start(argument: _sluice_admin_v1_ChangeExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  start(argument: _sluice_admin_v1_ChangeExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  
  Stop(argument: _sluice_admin_v1_ChangeExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Stop(argument: _sluice_admin_v1_ChangeExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Stop(argument: _sluice_admin_v1_ChangeExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  Stop(argument: _sluice_admin_v1_ChangeExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  stop(argument: _sluice_admin_v1_ChangeExperimentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  stop(argument: _sluice_admin_v1_ChangeExperimentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  stop(argument: _sluice_admin_v1_ChangeExperimentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  stop(argument: _sluice_admin_v1_ChangeExperimentRequest, callback: grpc.requestCallback<_sluice_admin_v1_Experiment__Output>): grpc.ClientUnaryCall;
  
  WatchResults(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_ExperimentResults__Output>;
  WatchResults(argument: _sluice_admin_v1_GetExperimentRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_ExperimentResults__Output>;
  watchResults(argument: _sluice_admin_v1_GetExperimentRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_ExperimentResults__Output>;
  watchResults(argument: _sluice_admin_v1_GetExperimentRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_ExperimentResults__Output>;
  
}

export interface ExperimentsHandlers extends grpc.UntypedServiceImplementation {
  Conclude: grpc.handleUnaryCall<_sluice_admin_v1_ConcludeExperimentRequest__Output, _sluice_admin_v1_Experiment>;
  
  Create: grpc.handleUnaryCall<_sluice_admin_v1_CreateExperimentRequest__Output, _sluice_admin_v1_Experiment>;
  
  Get: grpc.handleUnaryCall<_sluice_admin_v1_GetExperimentRequest__Output, _sluice_admin_v1_Experiment>;
  
  GetResults: grpc.handleUnaryCall<_sluice_admin_v1_GetExperimentRequest__Output, _sluice_admin_v1_ExperimentResults>;
  
  List: grpc.handleUnaryCall<_sluice_admin_v1_ListExperimentsRequest__Output, _sluice_admin_v1_ListExperimentsReply>;
  
  Start: grpc.handleUnaryCall<_sluice_admin_v1_ChangeExperimentRequest__Output, _sluice_admin_v1_Experiment>;
  
  Stop: grpc.handleUnaryCall<_sluice_admin_v1_ChangeExperimentRequest__Output, _sluice_admin_v1_Experiment>;
  
  WatchResults: grpc.handleServerStreamingCall<_sluice_admin_v1_GetExperimentRequest__Output, _sluice_admin_v1_ExperimentResults>;
  
}

export interface ExperimentsDefinition extends grpc.ServiceDefinition {
  Conclude: MethodDefinition<_sluice_admin_v1_ConcludeExperimentRequest, _sluice_admin_v1_Experiment, _sluice_admin_v1_ConcludeExperimentRequest__Output, _sluice_admin_v1_Experiment__Output>
  Create: MethodDefinition<_sluice_admin_v1_CreateExperimentRequest, _sluice_admin_v1_Experiment, _sluice_admin_v1_CreateExperimentRequest__Output, _sluice_admin_v1_Experiment__Output>
  Get: MethodDefinition<_sluice_admin_v1_GetExperimentRequest, _sluice_admin_v1_Experiment, _sluice_admin_v1_GetExperimentRequest__Output, _sluice_admin_v1_Experiment__Output>
  GetResults: MethodDefinition<_sluice_admin_v1_GetExperimentRequest, _sluice_admin_v1_ExperimentResults, _sluice_admin_v1_GetExperimentRequest__Output, _sluice_admin_v1_ExperimentResults__Output>
  List: MethodDefinition<_sluice_admin_v1_ListExperimentsRequest, _sluice_admin_v1_ListExperimentsReply, _sluice_admin_v1_ListExperimentsRequest__Output, _sluice_admin_v1_ListExperimentsReply__Output>
  Start: MethodDefinition<_sluice_admin_v1_ChangeExperimentRequest, _sluice_admin_v1_Experiment, _sluice_admin_v1_ChangeExperimentRequest__Output, _sluice_admin_v1_Experiment__Output>
  Stop: MethodDefinition<_sluice_admin_v1_ChangeExperimentRequest, _sluice_admin_v1_Experiment, _sluice_admin_v1_ChangeExperimentRequest__Output, _sluice_admin_v1_Experiment__Output>
  WatchResults: MethodDefinition<_sluice_admin_v1_GetExperimentRequest, _sluice_admin_v1_ExperimentResults, _sluice_admin_v1_GetExperimentRequest__Output, _sluice_admin_v1_ExperimentResults__Output>
}
