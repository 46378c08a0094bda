import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ListValue as _google_protobuf_ListValue, ListValue__Output as _google_protobuf_ListValue__Output } from './google/protobuf/ListValue.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from './google/protobuf/Struct.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Value as _google_protobuf_Value, Value__Output as _google_protobuf_Value__Output } from './google/protobuf/Value.ts';
import type { Alias as _sluice_admin_v1_Alias, Alias__Output as _sluice_admin_v1_Alias__Output } from './sluice/admin/v1/Alias.ts';
import type { ConfigureModelRequest as _sluice_admin_v1_ConfigureModelRequest, ConfigureModelRequest__Output as _sluice_admin_v1_ConfigureModelRequest__Output } from './sluice/admin/v1/ConfigureModelRequest.ts';
import type { DecideTransitionRequest as _sluice_admin_v1_DecideTransitionRequest, DecideTransitionRequest__Output as _sluice_admin_v1_DecideTransitionRequest__Output } from './sluice/admin/v1/DecideTransitionRequest.ts';
import type { Decision as _sluice_admin_v1_Decision, Decision__Output as _sluice_admin_v1_Decision__Output } from './sluice/admin/v1/Decision.ts';
import type { DeleteAliasReply as _sluice_admin_v1_DeleteAliasReply, DeleteAliasReply__Output as _sluice_admin_v1_DeleteAliasReply__Output } from './sluice/admin/v1/DeleteAliasReply.ts';
import type { DeleteAliasRequest as _sluice_admin_v1_DeleteAliasRequest, DeleteAliasRequest__Output as _sluice_admin_v1_DeleteAliasRequest__Output } from './sluice/admin/v1/DeleteAliasRequest.ts';
import type { DeleteVersionRequest as _sluice_admin_v1_DeleteVersionRequest, DeleteVersionRequest__Output as _sluice_admin_v1_DeleteVersionRequest__Output } from './sluice/admin/v1/DeleteVersionRequest.ts';
import type { DownloadVersionRequest as _sluice_admin_v1_DownloadVersionRequest, DownloadVersionRequest__Output as _sluice_admin_v1_DownloadVersionRequest__Output } from './sluice/admin/v1/DownloadVersionRequest.ts';
import type { File as _sluice_admin_v1_File, File__Output as _sluice_admin_v1_File__Output } from './sluice/admin/v1/File.ts';
import type { FileChunk as _sluice_admin_v1_FileChunk, FileChunk__Output as _sluice_admin_v1_FileChunk__Output } from './sluice/admin/v1/FileChunk.ts';
import type { GarbageCollectReply as _sluice_admin_v1_GarbageCollectReply, GarbageCollectReply__Output as _sluice_admin_v1_GarbageCollectReply__Output } from './sluice/admin/v1/GarbageCollectReply.ts';
import type { GarbageCollectRequest as _sluice_admin_v1_GarbageCollectRequest, GarbageCollectRequest__Output as _sluice_admin_v1_GarbageCollectRequest__Output } from './sluice/admin/v1/GarbageCollectRequest.ts';
import type { GetVersionRequest as _sluice_admin_v1_GetVersionRequest, GetVersionRequest__Output as _sluice_admin_v1_GetVersionRequest__Output } from './sluice/admin/v1/GetVersionRequest.ts';
import type { InstanceState as _sluice_admin_v1_InstanceState, InstanceState__Output as _sluice_admin_v1_InstanceState__Output } from './sluice/admin/v1/InstanceState.ts';
import type { LayoutFigures as _sluice_admin_v1_LayoutFigures, LayoutFigures__Output as _sluice_admin_v1_LayoutFigures__Output } from './sluice/admin/v1/LayoutFigures.ts';
import type { ListAliasesReply as _sluice_admin_v1_ListAliasesReply, ListAliasesReply__Output as _sluice_admin_v1_ListAliasesReply__Output } from './sluice/admin/v1/ListAliasesReply.ts';
import type { ListAliasesRequest as _sluice_admin_v1_ListAliasesRequest, ListAliasesRequest__Output as _sluice_admin_v1_ListAliasesRequest__Output } from './sluice/admin/v1/ListAliasesRequest.ts';
import type { ListModelsReply as _sluice_admin_v1_ListModelsReply, ListModelsReply__Output as _sluice_admin_v1_ListModelsReply__Output } from './sluice/admin/v1/ListModelsReply.ts';
import type { ListModelsRequest as _sluice_admin_v1_ListModelsRequest, ListModelsRequest__Output as _sluice_admin_v1_ListModelsRequest__Output } from './sluice/admin/v1/ListModelsRequest.ts';
import type { ListTransitionsReply as _sluice_admin_v1_ListTransitionsReply, ListTransitionsReply__Output as _sluice_admin_v1_ListTransitionsReply__Output } from './sluice/admin/v1/ListTransitionsReply.ts';
import type { ListTransitionsRequest as _sluice_admin_v1_ListTransitionsRequest, ListTransitionsRequest__Output as _sluice_admin_v1_ListTransitionsRequest__Output } from './sluice/admin/v1/ListTransitionsRequest.ts';
import type { ListVersionsReply as _sluice_admin_v1_ListVersionsReply, ListVersionsReply__Output as _sluice_admin_v1_ListVersionsReply__Output } from './sluice/admin/v1/ListVersionsReply.ts';
import type { ListVersionsRequest as _sluice_admin_v1_ListVersionsRequest, ListVersionsRequest__Output as _sluice_admin_v1_ListVersionsRequest__Output } from './sluice/admin/v1/ListVersionsRequest.ts';
import type { Metadata as _sluice_admin_v1_Metadata, Metadata__Output as _sluice_admin_v1_Metadata__Output } from './sluice/admin/v1/Metadata.ts';
import type { Model as _sluice_admin_v1_Model, Model__Output as _sluice_admin_v1_Model__Output } from './sluice/admin/v1/Model.ts';
import type { NewVersion as _sluice_admin_v1_NewVersion, NewVersion__Output as _sluice_admin_v1_NewVersion__Output } from './sluice/admin/v1/NewVersion.ts';
import type { Qualification as _sluice_admin_v1_Qualification, Qualification__Output as _sluice_admin_v1_Qualification__Output } from './sluice/admin/v1/Qualification.ts';
import type { RegisterVersionReply as _sluice_admin_v1_RegisterVersionReply, RegisterVersionReply__Output as _sluice_admin_v1_RegisterVersionReply__Output } from './sluice/admin/v1/RegisterVersionReply.ts';
import type { RegisterVersionRequest as _sluice_admin_v1_RegisterVersionRequest, RegisterVersionRequest__Output as _sluice_admin_v1_RegisterVersionRequest__Output } from './sluice/admin/v1/RegisterVersionRequest.ts';
import type { RegistryClient as _sluice_admin_v1_RegistryClient, RegistryDefinition as _sluice_admin_v1_RegistryDefinition } from './sluice/admin/v1/Registry.ts';
import type { RequestTransitionRequest as _sluice_admin_v1_RequestTransitionRequest, RequestTransitionRequest__Output as _sluice_admin_v1_RequestTransitionRequest__Output } from './sluice/admin/v1/RequestTransitionRequest.ts';
import type { RunTime as _sluice_admin_v1_RunTime, RunTime__Output as _sluice_admin_v1_RunTime__Output } from './sluice/admin/v1/RunTime.ts';
import type { SetAliasRequest as _sluice_admin_v1_SetAliasRequest, SetAliasRequest__Output as _sluice_admin_v1_SetAliasRequest__Output } from './sluice/admin/v1/SetAliasRequest.ts';
import type { TensorSignature as _sluice_admin_v1_TensorSignature, TensorSignature__Output as _sluice_admin_v1_TensorSignature__Output } from './sluice/admin/v1/TensorSignature.ts';
import type { Transition as _sluice_admin_v1_Transition, Transition__Output as _sluice_admin_v1_Transition__Output } from './sluice/admin/v1/Transition.ts';
import type { UpdateMetadataRequest as _sluice_admin_v1_UpdateMetadataRequest, UpdateMetadataRequest__Output as _sluice_admin_v1_UpdateMetadataRequest__Output } from './sluice/admin/v1/UpdateMetadataRequest.ts';
import type { Version as _sluice_admin_v1_Version, Version__Output as _sluice_admin_v1_Version__Output } from './sluice/admin/v1/Version.ts';
import type { VersionShare as _sluice_admin_v1_VersionShare, VersionShare__Output as _sluice_admin_v1_VersionShare__Output } from './sluice/admin/v1/VersionShare.ts';
import type { WatchVersionRequest as _sluice_admin_v1_WatchVersionRequest, WatchVersionRequest__Output as _sluice_admin_v1_WatchVersionRequest__Output } from './sluice/admin/v1/WatchVersionRequest.ts';
import type { Weights as _sluice_admin_v1_Weights, Weights__Output as _sluice_admin_v1_Weights__Output } from './sluice/admin/v1/Weights.ts';

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
    admin: {
      v1: {
        Alias: MessageTypeDefinition<_sluice_admin_v1_Alias, _sluice_admin_v1_Alias__Output>
        ConfigureModelRequest: MessageTypeDefinition<_sluice_admin_v1_ConfigureModelRequest, _sluice_admin_v1_ConfigureModelRequest__Output>
        DecideTransitionRequest: MessageTypeDefinition<_sluice_admin_v1_DecideTransitionRequest, _sluice_admin_v1_DecideTransitionRequest__Output>
        Decision: MessageTypeDefinition<_sluice_admin_v1_Decision, _sluice_admin_v1_Decision__Output>
        DeleteAliasReply: MessageTypeDefinition<_sluice_admin_v1_DeleteAliasReply, _sluice_admin_v1_DeleteAliasReply__Output>
        DeleteAliasRequest: MessageTypeDefinition<_sluice_admin_v1_DeleteAliasRequest, _sluice_admin_v1_DeleteAliasRequest__Output>
        DeleteVersionRequest: MessageTypeDefinition<_sluice_admin_v1_DeleteVersionRequest, _sluice_admin_v1_DeleteVersionRequest__Output>
        DownloadVersionRequest: MessageTypeDefinition<_sluice_admin_v1_DownloadVersionRequest, _sluice_admin_v1_DownloadVersionRequest__Output>
        File: MessageTypeDefinition<_sluice_admin_v1_File, _sluice_admin_v1_File__Output>
        FileChunk: MessageTypeDefinition<_sluice_admin_v1_FileChunk, _sluice_admin_v1_FileChunk__Output>
        GarbageCollectReply: MessageTypeDefinition<_sluice_admin_v1_GarbageCollectReply, _sluice_admin_v1_GarbageCollectReply__Output>
        GarbageCollectRequest: MessageTypeDefinition<_sluice_admin_v1_GarbageCollectRequest, _sluice_admin_v1_GarbageCollectRequest__Output>
        GetVersionRequest: MessageTypeDefinition<_sluice_admin_v1_GetVersionRequest, _sluice_admin_v1_GetVersionRequest__Output>
        InstanceState: MessageTypeDefinition<_sluice_admin_v1_InstanceState, _sluice_admin_v1_InstanceState__Output>
        LayoutFigures: MessageTypeDefinition<_sluice_admin_v1_LayoutFigures, _sluice_admin_v1_LayoutFigures__Output>
        ListAliasesReply: MessageTypeDefinition<_sluice_admin_v1_ListAliasesReply, _sluice_admin_v1_ListAliasesReply__Output>
        ListAliasesRequest: MessageTypeDefinition<_sluice_admin_v1_ListAliasesRequest, _sluice_admin_v1_ListAliasesRequest__Output>
        ListModelsReply: MessageTypeDefinition<_sluice_admin_v1_ListModelsReply, _sluice_admin_v1_ListModelsReply__Output>
        ListModelsRequest: MessageTypeDefinition<_sluice_admin_v1_ListModelsRequest, _sluice_admin_v1_ListModelsRequest__Output>
        ListTransitionsReply: MessageTypeDefinition<_sluice_admin_v1_ListTransitionsReply, _sluice_admin_v1_ListTransitionsReply__Output>
        ListTransitionsRequest: MessageTypeDefinition<_sluice_admin_v1_ListTransitionsRequest, _sluice_admin_v1_ListTransitionsRequest__Output>
        ListVersionsReply: MessageTypeDefinition<_sluice_admin_v1_ListVersionsReply, _sluice_admin_v1_ListVersionsReply__Output>
        ListVersionsRequest: MessageTypeDefinition<_sluice_admin_v1_ListVersionsRequest, _sluice_admin_v1_ListVersionsRequest__Output>
        Metadata: MessageTypeDefinition<_sluice_admin_v1_Metadata, _sluice_admin_v1_Metadata__Output>
        Model: MessageTypeDefinition<_sluice_admin_v1_Model, _sluice_admin_v1_Model__Output>
        NewVersion: MessageTypeDefinition<_sluice_admin_v1_NewVersion, _sluice_admin_v1_NewVersion__Output>
        Qualification: MessageTypeDefinition<_sluice_admin_v1_Qualification, _sluice_admin_v1_Qualification__Output>
        RegisterVersionReply: MessageTypeDefinition<_sluice_admin_v1_RegisterVersionReply, _sluice_admin_v1_RegisterVersionReply__Output>
        RegisterVersionRequest: MessageTypeDefinition<_sluice_admin_v1_RegisterVersionRequest, _sluice_admin_v1_RegisterVersionRequest__Output>
        Registry: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_RegistryClient> & { service: _sluice_admin_v1_RegistryDefinition }
        RegistryState: EnumTypeDefinition
        RequestTransitionRequest: MessageTypeDefinition<_sluice_admin_v1_RequestTransitionRequest, _sluice_admin_v1_RequestTransitionRequest__Output>
        RunTime: MessageTypeDefinition<_sluice_admin_v1_RunTime, _sluice_admin_v1_RunTime__Output>
        SetAliasRequest: MessageTypeDefinition<_sluice_admin_v1_SetAliasRequest, _sluice_admin_v1_SetAliasRequest__Output>
        TensorSignature: MessageTypeDefinition<_sluice_admin_v1_TensorSignature, _sluice_admin_v1_TensorSignature__Output>
        Transition: MessageTypeDefinition<_sluice_admin_v1_Transition, _sluice_admin_v1_Transition__Output>
        UpdateMetadataRequest: MessageTypeDefinition<_sluice_admin_v1_UpdateMetadataRequest, _sluice_admin_v1_UpdateMetadataRequest__Output>
        Version: MessageTypeDefinition<_sluice_admin_v1_Version, _sluice_admin_v1_Version__Output>
        VersionShare: MessageTypeDefinition<_sluice_admin_v1_VersionShare, _sluice_admin_v1_VersionShare__Output>
        WatchVersionRequest: MessageTypeDefinition<_sluice_admin_v1_WatchVersionRequest, _sluice_admin_v1_WatchVersionRequest__Output>
        Weights: MessageTypeDefinition<_sluice_admin_v1_Weights, _sluice_admin_v1_Weights__Output>
      }
    }
  }
}

