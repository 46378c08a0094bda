import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ListValue as _google_protobuf_ListValue, ListValue__Output as _google_protobuf_ListValue__Output } from './google/protobuf/ListValue.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from './google/protobuf/Struct.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Value as _google_protobuf_Value, Value__Output as _google_protobuf_Value__Output } from './google/protobuf/Value.ts';
import type { Batching as _sluice_v1_Batching, Batching__Output as _sluice_v1_Batching__Output } from './sluice/v1/Batching.ts';
import type { GetModelReply as _sluice_v1_GetModelReply, GetModelReply__Output as _sluice_v1_GetModelReply__Output } from './sluice/v1/GetModelReply.ts';
import type { GetModelRequest as _sluice_v1_GetModelRequest, GetModelRequest__Output as _sluice_v1_GetModelRequest__Output } from './sluice/v1/GetModelRequest.ts';
import type { ListModelsReply as _sluice_v1_ListModelsReply, ListModelsReply__Output as _sluice_v1_ListModelsReply__Output } from './sluice/v1/ListModelsReply.ts';
import type { ListModelsRequest as _sluice_v1_ListModelsRequest, ListModelsRequest__Output as _sluice_v1_ListModelsRequest__Output } from './sluice/v1/ListModelsRequest.ts';
import type { ListVersionsReply as _sluice_v1_ListVersionsReply, ListVersionsReply__Output as _sluice_v1_ListVersionsReply__Output } from './sluice/v1/ListVersionsReply.ts';
import type { ListVersionsRequest as _sluice_v1_ListVersionsRequest, ListVersionsRequest__Output as _sluice_v1_ListVersionsRequest__Output } from './sluice/v1/ListVersionsRequest.ts';
import type { ModelSummary as _sluice_v1_ModelSummary, ModelSummary__Output as _sluice_v1_ModelSummary__Output } from './sluice/v1/ModelSummary.ts';
import type { PredictReply as _sluice_v1_PredictReply, PredictReply__Output as _sluice_v1_PredictReply__Output } from './sluice/v1/PredictReply.ts';
import type { PredictRequest as _sluice_v1_PredictRequest, PredictRequest__Output as _sluice_v1_PredictRequest__Output } from './sluice/v1/PredictRequest.ts';
import type { PredictServiceClient as _sluice_v1_PredictServiceClient, PredictServiceDefinition as _sluice_v1_PredictServiceDefinition } from './sluice/v1/PredictService.ts';
import type { PredictStreamReply as _sluice_v1_PredictStreamReply, PredictStreamReply__Output as _sluice_v1_PredictStreamReply__Output } from './sluice/v1/PredictStreamReply.ts';
import type { RequestError as _sluice_v1_RequestError, RequestError__Output as _sluice_v1_RequestError__Output } from './sluice/v1/RequestError.ts';
import type { Tensor as _sluice_v1_Tensor, Tensor__Output as _sluice_v1_Tensor__Output } from './sluice/v1/Tensor.ts';
import type { TensorSpec as _sluice_v1_TensorSpec, TensorSpec__Output as _sluice_v1_TensorSpec__Output } from './sluice/v1/TensorSpec.ts';
import type { Timings as _sluice_v1_Timings, Timings__Output as _sluice_v1_Timings__Output } from './sluice/v1/Timings.ts';
import type { VersionStatus as _sluice_v1_VersionStatus, VersionStatus__Output as _sluice_v1_VersionStatus__Output } from './sluice/v1/VersionStatus.ts';
import type { VersionWeight as _sluice_v1_VersionWeight, VersionWeight__Output as _sluice_v1_VersionWeight__Output } from './sluice/v1/VersionWeight.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      ListValue: MessageTypeDefinition<_google_protobuf_ListValue, _google_protobuf_ListValue__Output>
      NullValue: EnumTypeDefinition
      Struct: MessageTypeDefinition<_google_protobuf_Struct, _google_protobuf_Struct__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
      Value: MessageTypeDefinition<_google_protobuf_Value, _google_protobuf_Value__Output>
    }
  }
  sluice: {
    v1: {
      Batching: MessageTypeDefinition<_sluice_v1_Batching, _sluice_v1_Batching__Output>
      GetModelReply: MessageTypeDefinition<_sluice_v1_GetModelReply, _sluice_v1_GetModelReply__Output>
      GetModelRequest: MessageTypeDefinition<_sluice_v1_GetModelRequest, _sluice_v1_GetModelRequest__Output>
      ListModelsReply: MessageTypeDefinition<_sluice_v1_ListModelsReply, _sluice_v1_ListModelsReply__Output>
      ListModelsRequest: MessageTypeDefinition<_sluice_v1_ListModelsRequest, _sluice_v1_ListModelsRequest__Output>
      ListVersionsReply: MessageTypeDefinition<_sluice_v1_ListVersionsReply, _sluice_v1_ListVersionsReply__Output>
      ListVersionsRequest: MessageTypeDefinition<_sluice_v1_ListVersionsRequest, _sluice_v1_ListVersionsRequest__Output>
      ModelSummary: MessageTypeDefinition<_sluice_v1_ModelSummary, _sluice_v1_ModelSummary__Output>
      PredictReply: MessageTypeDefinition<_sluice_v1_PredictReply, _sluice_v1_PredictReply__Output>
      PredictRequest: MessageTypeDefinition<_sluice_v1_PredictRequest, _sluice_v1_PredictRequest__Output>
      PredictService: SubtypeConstructor<typeof grpc.Client, _sluice_v1_PredictServiceClient> & { service: _sluice_v1_PredictServiceDefinition }
      PredictStreamReply: MessageTypeDefinition<_sluice_v1_PredictStreamReply, _sluice_v1_PredictStreamReply__Output>
      RequestError: MessageTypeDefinition<_sluice_v1_RequestError, _sluice_v1_RequestError__Output>
      Tensor: MessageTypeDefinition<_sluice_v1_Tensor, _sluice_v1_Tensor__Output>
      TensorSpec: MessageTypeDefinition<_sluice_v1_TensorSpec, _sluice_v1_TensorSpec__Output>
      Timings: MessageTypeDefinition<_sluice_v1_Timings, _sluice_v1_Timings__Output>
      VersionState: EnumTypeDefinition
      VersionStatus: MessageTypeDefinition<_sluice_v1_VersionStatus, _sluice_v1_VersionStatus__Output>
      VersionWeight: MessageTypeDefinition<_sluice_v1_VersionWeight, _sluice_v1_VersionWeight__Output>
    }
  }
}

