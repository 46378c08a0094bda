// Original file: proto/sluice/admin/v1/registry.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Alias as _sluice_admin_v1_Alias, Alias__Output as _sluice_admin_v1_Alias__Output } from '../../../sluice/admin/v1/Alias.ts';
import type { ConfigureModelRequest as _sluice_admin_v1_ConfigureModelRequest, ConfigureModelRequest__Output as _sluice_admin_v1_ConfigureModelRequest__Output } from '../../../sluice/admin/v1/ConfigureModelRequest.ts';
import type { DecideTransitionRequest as _sluice_admin_v1_DecideTransitionRequest, DecideTransitionRequest__Output as _sluice_admin_v1_DecideTransitionRequest__Output } from '../../../sluice/admin/v1/DecideTransitionRequest.ts';
import type { DeleteAliasReply as _sluice_admin_v1_DeleteAliasReply, DeleteAliasReply__Output as _sluice_admin_v1_DeleteAliasReply__Output } from '../../../sluice/admin/v1/DeleteAliasReply.ts';
import type { DeleteAliasRequest as _sluice_admin_v1_DeleteAliasRequest, DeleteAliasRequest__Output as _sluice_admin_v1_DeleteAliasRequest__Output } from '../../../sluice/admin/v1/DeleteAliasRequest.ts';
import type { DeleteVersionRequest as _sluice_admin_v1_DeleteVersionRequest, DeleteVersionRequest__Output as _sluice_admin_v1_DeleteVersionRequest__Output } from '../../../sluice/admin/v1/DeleteVersionRequest.ts';
import type { DownloadVersionRequest as _sluice_admin_v1_DownloadVersionRequest, DownloadVersionRequest__Output as _sluice_admin_v1_DownloadVersionRequest__Output } from '../../../sluice/admin/v1/DownloadVersionRequest.ts';
import type { FileChunk as _sluice_admin_v1_FileChunk, FileChunk__Output as _sluice_admin_v1_FileChunk__Output } from '../../../sluice/admin/v1/FileChunk.ts';
import type { GarbageCollectReply as _sluice_admin_v1_GarbageCollectReply, GarbageCollectReply__Output as _sluice_admin_v1_GarbageCollectReply__Output } from '../../../sluice/admin/v1/GarbageCollectReply.ts';
import type { GarbageCollectRequest as _sluice_admin_v1_GarbageCollectRequest, GarbageCollectRequest__Output as _sluice_admin_v1_GarbageCollectRequest__Output } from '../../../sluice/admin/v1/GarbageCollectRequest.ts';
import type { GetVersionRequest as _sluice_admin_v1_GetVersionRequest, GetVersionRequest__Output as _sluice_admin_v1_GetVersionRequest__Output } from '../../../sluice/admin/v1/GetVersionRequest.ts';
import type { ListAliasesReply as _sluice_admin_v1_ListAliasesReply, ListAliasesReply__Output as _sluice_admin_v1_ListAliasesReply__Output } from '../../../sluice/admin/v1/ListAliasesReply.ts';
import type { ListAliasesRequest as _sluice_admin_v1_ListAliasesRequest, ListAliasesRequest__Output as _sluice_admin_v1_ListAliasesRequest__Output } from '../../../sluice/admin/v1/ListAliasesRequest.ts';
import type { ListModelsReply as _sluice_admin_v1_ListModelsReply, ListModelsReply__Output as _sluice_admin_v1_ListModelsReply__Output } from '../../../sluice/admin/v1/ListModelsReply.ts';
import type { ListModelsRequest as _sluice_admin_v1_ListModelsRequest, ListModelsRequest__Output as _sluice_admin_v1_ListModelsRequest__Output } from '../../../sluice/admin/v1/ListModelsRequest.ts';
import type { ListTransitionsReply as _sluice_admin_v1_ListTransitionsReply, ListTransitionsReply__Output as _sluice_admin_v1_ListTransitionsReply__Output } from '../../../sluice/admin/v1/ListTransitionsReply.ts';
import type { ListTransitionsRequest as _sluice_admin_v1_ListTransitionsRequest, ListTransitionsRequest__Output as _sluice_admin_v1_ListTransitionsRequest__Output } from '../../../sluice/admin/v1/ListTransitionsRequest.ts';
import type { ListVersionsReply as _sluice_admin_v1_ListVersionsReply, ListVersionsReply__Output as _sluice_admin_v1_ListVersionsReply__Output } from '../../../sluice/admin/v1/ListVersionsReply.ts';
import type { ListVersionsRequest as _sluice_admin_v1_ListVersionsRequest, ListVersionsRequest__Output as _sluice_admin_v1_ListVersionsRequest__Output } from '../../../sluice/admin/v1/ListVersionsRequest.ts';
import type { Model as _sluice_admin_v1_Model, Model__Output as _sluice_admin_v1_Model__Output } from '../../../sluice/admin/v1/Model.ts';
import type { RegisterVersionReply as _sluice_admin_v1_RegisterVersionReply, RegisterVersionReply__Output as _sluice_admin_v1_RegisterVersionReply__Output } from '../../../sluice/admin/v1/RegisterVersionReply.ts';
import type { RegisterVersionRequest as _sluice_admin_v1_RegisterVersionRequest, RegisterVersionRequest__Output as _sluice_admin_v1_RegisterVersionRequest__Output } from '../../../sluice/admin/v1/RegisterVersionRequest.ts';
import type { RequestTransitionRequest as _sluice_admin_v1_RequestTransitionRequest, RequestTransitionRequest__Output as _sluice_admin_v1_RequestTransitionRequest__Output } from '../../../sluice/admin/v1/RequestTransitionRequest.ts';
import type { SetAliasRequest as _sluice_admin_v1_SetAliasRequest, SetAliasRequest__Output as _sluice_admin_v1_SetAliasRequest__Output } from '../../../sluice/admin/v1/SetAliasRequest.ts';
import type { Transition as _sluice_admin_v1_Transition, Transition__Output as _sluice_admin_v1_Transition__Output } from '../../../sluice/admin/v1/Transition.ts';
import type { UpdateMetadataRequest as _sluice_admin_v1_UpdateMetadataRequest, UpdateMetadataRequest__Output as _sluice_admin_v1_UpdateMetadataRequest__Output } from '../../../sluice/admin/v1/UpdateMetadataRequest.ts';
import type { Version as _sluice_admin_v1_Version, Version__Output as _sluice_admin_v1_Version__Output } from '../../../sluice/admin/v1/Version.ts';
import type { WatchVersionRequest as _sluice_admin_v1_WatchVersionRequest, WatchVersionRequest__Output as _sluice_admin_v1_WatchVersionRequest__Output } from '../../../sluice/admin/v1/WatchVersionRequest.ts';

export interface RegistryClient extends grpc.Client {
  ApproveTransition(argument: _sluice_admin_v1_DecideTransitionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  ApproveTransition(argument: _sluice_admin_v1_DecideTransitionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  ApproveTransition(argument: _sluice_admin_v1_DecideTransitionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  ApproveTransition(argument: _sluice_admin_v1_DecideTransitionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  approveTransition(argument: _sluice_admin_v1_DecideTransitionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  approveTransition(argument: _sluice_admin_v1_DecideTransitionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  approveTransition(argument: _sluice_admin_v1_DecideTransitionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  approveTransition(argument: _sluice_admin_v1_DecideTransitionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  
  ConfigureModel(argument: _sluice_admin_v1_ConfigureModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Model__Output>): grpc.ClientUnaryCall;
  ConfigureModel(argument: _sluice_admin_v1_ConfigureModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Model__Output>): grpc.ClientUnaryCall;
  ConfigureModel(argument: _sluice_admin_v1_ConfigureModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Model__Output>): grpc.ClientUnaryCall;
  ConfigureModel(argument: _sluice_admin_v1_ConfigureModelRequest, callback: grpc.requestCallback<_sluice_admin_v1_Model__Output>): grpc.ClientUnaryCall;
  configureModel(argument: _sluice_admin_v1_ConfigureModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Model__Output>): grpc.ClientUnaryCall;
  configureModel(argument: _sluice_admin_v1_ConfigureModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Model__Output>): grpc.ClientUnaryCall;
  configureModel(argument: _sluice_admin_v1_ConfigureModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Model__Output>): grpc.ClientUnaryCall;
  configureModel(argument: _sluice_admin_v1_ConfigureModelRequest, callback: grpc.requestCallback<_sluice_admin_v1_Model__Output>): grpc.ClientUnaryCall;
  
  DeleteAlias(argument: _sluice_admin_v1_DeleteAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_DeleteAliasReply__Output>): grpc.ClientUnaryCall;
  DeleteAlias(argument: _sluice_admin_v1_DeleteAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_DeleteAliasReply__Output>): grpc.ClientUnaryCall;
  DeleteAlias(argument: _sluice_admin_v1_DeleteAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_DeleteAliasReply__Output>): grpc.ClientUnaryCall;
  DeleteAlias(argument: _sluice_admin_v1_DeleteAliasRequest, callback: grpc.requestCallback<_sluice_admin_v1_DeleteAliasReply__Output>): grpc.ClientUnaryCall;
  deleteAlias(argument: _sluice_admin_v1_DeleteAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_DeleteAliasReply__Output>): grpc.ClientUnaryCall;
  deleteAlias(argument: _sluice_admin_v1_DeleteAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_DeleteAliasReply__Output>): grpc.ClientUnaryCall;
  deleteAlias(argument: _sluice_admin_v1_DeleteAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_DeleteAliasReply__Output>): grpc.ClientUnaryCall;
  deleteAlias(argument: _sluice_admin_v1_DeleteAliasRequest, callback: grpc.requestCallback<_sluice_admin_v1_DeleteAliasReply__Output>): grpc.ClientUnaryCall;
  
  DeleteVersion(argument: _sluice_admin_v1_DeleteVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  DeleteVersion(argument: _sluice_admin_v1_DeleteVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  DeleteVersion(argument: _sluice_admin_v1_DeleteVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  DeleteVersion(argument: _sluice_admin_v1_DeleteVersionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  deleteVersion(argument: _sluice_admin_v1_DeleteVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  deleteVersion(argument: _sluice_admin_v1_DeleteVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  deleteVersion(argument: _sluice_admin_v1_DeleteVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  deleteVersion(argument: _sluice_admin_v1_DeleteVersionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  
  DownloadVersion(argument: _sluice_admin_v1_DownloadVersionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_FileChunk__Output>;
  DownloadVersion(argument: _sluice_admin_v1_DownloadVersionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_FileChunk__Output>;
  downloadVersion(argument: _sluice_admin_v1_DownloadVersionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_FileChunk__Output>;
  downloadVersion(argument: _sluice_admin_v1_DownloadVersionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_FileChunk__Output>;
  
  GarbageCollect(argument: _sluice_admin_v1_GarbageCollectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_GarbageCollectReply__Output>): grpc.ClientUnaryCall;
  GarbageCollect(argument: _sluice_admin_v1_GarbageCollectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_GarbageCollectReply__Output>): grpc.ClientUnaryCall;
  GarbageCollect(argument: _sluice_admin_v1_GarbageCollectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_GarbageCollectReply__Output>): grpc.ClientUnaryCall;
  GarbageCollect(argument: _sluice_admin_v1_GarbageCollectRequest, callback: grpc.requestCallback<_sluice_admin_v1_GarbageCollectReply__Output>): grpc.ClientUnaryCall;
  garbageCollect(argument: _sluice_admin_v1_GarbageCollectRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_GarbageCollectReply__Output>): grpc.ClientUnaryCall;
  garbageCollect(argument: _sluice_admin_v1_GarbageCollectRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_GarbageCollectReply__Output>): grpc.ClientUnaryCall;
  garbageCollect(argument: _sluice_admin_v1_GarbageCollectRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_GarbageCollectReply__Output>): grpc.ClientUnaryCall;
  garbageCollect(argument: _sluice_admin_v1_GarbageCollectRequest, callback: grpc.requestCallback<_sluice_admin_v1_GarbageCollectReply__Output>): grpc.ClientUnaryCall;
  
  GetVersion(argument: _sluice_admin_v1_GetVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  GetVersion(argument: _sluice_admin_v1_GetVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  GetVersion(argument: _sluice_admin_v1_GetVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  GetVersion(argument: _sluice_admin_v1_GetVersionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  getVersion(argument: _sluice_admin_v1_GetVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  getVersion(argument: _sluice_admin_v1_GetVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  getVersion(argument: _sluice_admin_v1_GetVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  getVersion(argument: _sluice_admin_v1_GetVersionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  
  ListAliases(argument: _sluice_admin_v1_ListAliasesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListAliasesReply__Output>): grpc.ClientUnaryCall;
  ListAliases(argument: _sluice_admin_v1_ListAliasesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListAliasesReply__Output>): grpc.ClientUnaryCall;
  ListAliases(argument: _sluice_admin_v1_ListAliasesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListAliasesReply__Output>): grpc.ClientUnaryCall;
  ListAliases(argument: _sluice_admin_v1_ListAliasesRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListAliasesReply__Output>): grpc.ClientUnaryCall;
  listAliases(argument: _sluice_admin_v1_ListAliasesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListAliasesReply__Output>): grpc.ClientUnaryCall;
  listAliases(argument: _sluice_admin_v1_ListAliasesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListAliasesReply__Output>): grpc.ClientUnaryCall;
  listAliases(argument: _sluice_admin_v1_ListAliasesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListAliasesReply__Output>): grpc.ClientUnaryCall;
  listAliases(argument: _sluice_admin_v1_ListAliasesRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListAliasesReply__Output>): grpc.ClientUnaryCall;
  
  ListModels(argument: _sluice_admin_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sluice_admin_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sluice_admin_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _sluice_admin_v1_ListModelsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sluice_admin_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sluice_admin_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sluice_admin_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  listModels(argument: _sluice_admin_v1_ListModelsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListModelsReply__Output>): grpc.ClientUnaryCall;
  
  ListTransitions(argument: _sluice_admin_v1_ListTransitionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListTransitionsReply__Output>): grpc.ClientUnaryCall;
  ListTransitions(argument: _sluice_admin_v1_ListTransitionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListTransitionsReply__Output>): grpc.ClientUnaryCall;
  ListTransitions(argument: _sluice_admin_v1_ListTransitionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListTransitionsReply__Output>): grpc.ClientUnaryCall;
  ListTransitions(argument: _sluice_admin_v1_ListTransitionsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListTransitionsReply__Output>): grpc.ClientUnaryCall;
  listTransitions(argument: _sluice_admin_v1_ListTransitionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListTransitionsReply__Output>): grpc.ClientUnaryCall;
  listTransitions(argument: _sluice_admin_v1_ListTransitionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListTransitionsReply__Output>): grpc.ClientUnaryCall;
  listTransitions(argument: _sluice_admin_v1_ListTransitionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListTransitionsReply__Output>): grpc.ClientUnaryCall;
  listTransitions(argument: _sluice_admin_v1_ListTransitionsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListTransitionsReply__Output>): grpc.ClientUnaryCall;
  
  ListVersions(argument: _sluice_admin_v1_ListVersionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  ListVersions(argument: _sluice_admin_v1_ListVersionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  ListVersions(argument: _sluice_admin_v1_ListVersionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  ListVersions(argument: _sluice_admin_v1_ListVersionsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  listVersions(argument: _sluice_admin_v1_ListVersionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  listVersions(argument: _sluice_admin_v1_ListVersionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  listVersions(argument: _sluice_admin_v1_ListVersionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  listVersions(argument: _sluice_admin_v1_ListVersionsRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListVersionsReply__Output>): grpc.ClientUnaryCall;
  
  RegisterVersion(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_RegisterVersionReply__Output>): grpc.ClientWritableStream<_sluice_admin_v1_RegisterVersionRequest>;
  RegisterVersion(metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_RegisterVersionReply__Output>): grpc.ClientWritableStream<_sluice_admin_v1_RegisterVersionRequest>;
  RegisterVersion(options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_RegisterVersionReply__Output>): grpc.ClientWritableStream<_sluice_admin_v1_RegisterVersionRequest>;
  RegisterVersion(callback: grpc.requestCallback<_sluice_admin_v1_RegisterVersionReply__Output>): grpc.ClientWritableStream<_sluice_admin_v1_RegisterVersionRequest>;
  registerVersion(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_RegisterVersionReply__Output>): grpc.ClientWritableStream<_sluice_admin_v1_RegisterVersionRequest>;
  registerVersion(metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_RegisterVersionReply__Output>): grpc.ClientWritableStream<_sluice_admin_v1_RegisterVersionRequest>;
  registerVersion(options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_RegisterVersionReply__Output>): grpc.ClientWritableStream<_sluice_admin_v1_RegisterVersionRequest>;
  registerVersion(callback: grpc.requestCallback<_sluice_admin_v1_RegisterVersionReply__Output>): grpc.ClientWritableStream<_sluice_admin_v1_RegisterVersionRequest>;
  
  RejectTransition(argument: _sluice_admin_v1_DecideTransitionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  RejectTransition(argument: _sluice_admin_v1_DecideTransitionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  RejectTransition(argument: _sluice_admin_v1_DecideTransitionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  RejectTransition(argument: _sluice_admin_v1_DecideTransitionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  rejectTransition(argument: _sluice_admin_v1_DecideTransitionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  rejectTransition(argument: _sluice_admin_v1_DecideTransitionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  rejectTransition(argument: _sluice_admin_v1_DecideTransitionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  rejectTransition(argument: _sluice_admin_v1_DecideTransitionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  
  RequestTransition(argument: _sluice_admin_v1_RequestTransitionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  RequestTransition(argument: _sluice_admin_v1_RequestTransitionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  RequestTransition(argument: _sluice_admin_v1_RequestTransitionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  RequestTransition(argument: _sluice_admin_v1_RequestTransitionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  requestTransition(argument: _sluice_admin_v1_RequestTransitionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  requestTransition(argument: _sluice_admin_v1_RequestTransitionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  requestTransition(argument: _sluice_admin_v1_RequestTransitionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  requestTransition(argument: _sluice_admin_v1_RequestTransitionRequest, callback: grpc.requestCallback<_sluice_admin_v1_Transition__Output>): grpc.ClientUnaryCall;
  
  SetAlias(argument: _sluice_admin_v1_SetAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Alias__Output>): grpc.ClientUnaryCall;
  SetAlias(argument: _sluice_admin_v1_SetAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Alias__Output>): grpc.ClientUnaryCall;
  SetAlias(argument: _sluice_admin_v1_SetAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Alias__Output>): grpc.ClientUnaryCall;
  SetAlias(argument: _sluice_admin_v1_SetAliasRequest, callback: grpc.requestCallback<_sluice_admin_v1_Alias__Output>): grpc.ClientUnaryCall;
  setAlias(argument: _sluice_admin_v1_SetAliasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Alias__Output>): grpc.ClientUnaryCall;
  setAlias(argument: _sluice_admin_v1_SetAliasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Alias__Output>): grpc.ClientUnaryCall;
  setAlias(argument: _sluice_admin_v1_SetAliasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Alias__Output>): grpc.ClientUnaryCall;
  setAlias(argument: _sluice_admin_v1_SetAliasRequest, callback: grpc.requestCallback<_sluice_admin_v1_Alias__Output>): grpc.ClientUnaryCall;
  
  UpdateMetadata(argument: _sluice_admin_v1_UpdateMetadataRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  UpdateMetadata(argument: _sluice_admin_v1_UpdateMetadataRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  UpdateMetadata(argument: _sluice_admin_v1_UpdateMetadataRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  UpdateMetadata(argument: _sluice_admin_v1_UpdateMetadataRequest, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  updateMetadata(argument: _sluice_admin_v1_UpdateMetadataRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  updateMetadata(argument: _sluice_admin_v1_UpdateMetadataRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  updateMetadata(argument: _sluice_admin_v1_UpdateMetadataRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  updateMetadata(argument: _sluice_admin_v1_UpdateMetadataRequest, callback: grpc.requestCallback<_sluice_admin_v1_Version__Output>): grpc.ClientUnaryCall;
  
  WatchVersion(argument: _sluice_admin_v1_WatchVersionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Version__Output>;
  WatchVersion(argument: _sluice_admin_v1_WatchVersionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Version__Output>;
  watchVersion(argument: _sluice_admin_v1_WatchVersionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Version__Output>;
  watchVersion(argument: _sluice_admin_v1_WatchVersionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_sluice_admin_v1_Version__Output>;
  
}

export interface RegistryHandlers extends grpc.UntypedServiceImplementation {
  ApproveTransition: grpc.handleUnaryCall<_sluice_admin_v1_DecideTransitionRequest__Output, _sluice_admin_v1_Transition>;
  
  ConfigureModel: grpc.handleUnaryCall<_sluice_admin_v1_ConfigureModelRequest__Output, _sluice_admin_v1_Model>;
  
  DeleteAlias: grpc.handleUnaryCall<_sluice_admin_v1_DeleteAliasRequest__Output, _sluice_admin_v1_DeleteAliasReply>;
  
  DeleteVersion: grpc.handleUnaryCall<_sluice_admin_v1_DeleteVersionRequest__Output, _sluice_admin_v1_Version>;
  
  DownloadVersion: grpc.handleServerStreamingCall<_sluice_admin_v1_DownloadVersionRequest__Output, _sluice_admin_v1_FileChunk>;
  
  GarbageCollect: grpc.handleUnaryCall<_sluice_admin_v1_GarbageCollectRequest__Output, _sluice_admin_v1_GarbageCollectReply>;
  
  GetVersion: grpc.handleUnaryCall<_sluice_admin_v1_GetVersionRequest__Output, _sluice_admin_v1_Version>;
  
  ListAliases: grpc.handleUnaryCall<_sluice_admin_v1_ListAliasesRequest__Output, _sluice_admin_v1_ListAliasesReply>;
  
  ListModels: grpc.handleUnaryCall<_sluice_admin_v1_ListModelsRequest__Output, _sluice_admin_v1_ListModelsReply>;
  
  ListTransitions: grpc.handleUnaryCall<_sluice_admin_v1_ListTransitionsRequest__Output, _sluice_admin_v1_ListTransitionsReply>;
  
  ListVersions: grpc.handleUnaryCall<_sluice_admin_v1_ListVersionsRequest__Output, _sluice_admin_v1_ListVersionsReply>;
  
  RegisterVersion: grpc.handleClientStreamingCall<_sluice_admin_v1_RegisterVersionRequest__Output, _sluice_admin_v1_RegisterVersionReply>;
  
  RejectTransition: grpc.handleUnaryCall<_sluice_admin_v1_DecideTransitionRequest__Output, _sluice_admin_v1_Transition>;
  
  RequestTransition: grpc.handleUnaryCall<_sluice_admin_v1_RequestTransitionRequest__Output, _sluice_admin_v1_Transition>;
  
  SetAlias: grpc.handleUnaryCall<_sluice_admin_v1_SetAliasRequest__Output, _sluice_admin_v1_Alias>;
  
  UpdateMetadata: grpc.handleUnaryCall<_sluice_admin_v1_UpdateMetadataRequest__Output, _sluice_admin_v1_Version>;
  
  WatchVersion: grpc.handleServerStreamingCall<_sluice_admin_v1_WatchVersionRequest__Output, _sluice_admin_v1_Version>;
  
}

export interface RegistryDefinition extends grpc.ServiceDefinition {
  ApproveTransition: MethodDefinition<_sluice_admin_v1_DecideTransitionRequest, _sluice_admin_v1_Transition, _sluice_admin_v1_DecideTransitionRequest__Output, _sluice_admin_v1_Transition__Output>
  ConfigureModel: MethodDefinition<_sluice_admin_v1_ConfigureModelRequest, _sluice_admin_v1_Model, _sluice_admin_v1_ConfigureModelRequest__Output, _sluice_admin_v1_Model__Output>
  DeleteAlias: MethodDefinition<_sluice_admin_v1_DeleteAliasRequest, _sluice_admin_v1_DeleteAliasReply, _sluice_admin_v1_DeleteAliasRequest__Output, _sluice_admin_v1_DeleteAliasReply__Output>
  DeleteVersion: MethodDefinition<_sluice_admin_v1_DeleteVersionRequest, _sluice_admin_v1_Version, _sluice_admin_v1_DeleteVersionRequest__Output, _sluice_admin_v1_Version__Output>
  DownloadVersion: MethodDefinition<_sluice_admin_v1_DownloadVersionRequest, _sluice_admin_v1_FileChunk, _sluice_admin_v1_DownloadVersionRequest__Output, _sluice_admin_v1_FileChunk__Output>
  GarbageCollect: MethodDefinition<_sluice_admin_v1_GarbageCollectRequest, _sluice_admin_v1_GarbageCollectReply, _sluice_admin_v1_GarbageCollectRequest__Output, _sluice_admin_v1_GarbageCollectReply__Output>
  GetVersion: MethodDefinition<_sluice_admin_v1_GetVersionRequest, _sluice_admin_v1_Version, _sluice_admin_v1_GetVersionRequest__Output, _sluice_admin_v1_Version__Output>
  ListAliases: MethodDefinition<_sluice_admin_v1_ListAliasesRequest, _sluice_admin_v1_ListAliasesReply, _sluice_admin_v1_ListAliasesRequest__Output, _sluice_admin_v1_ListAliasesReply__Output>
  ListModels: MethodDefinition<_sluice_admin_v1_ListModelsRequest, _sluice_admin_v1_ListModelsReply, _sluice_admin_v1_ListModelsRequest__Output, _sluice_admin_v1_ListModelsReply__Output>
  ListTransitions: MethodDefinition<_sluice_admin_v1_ListTransitionsRequest, _sluice_admin_v1_ListTransitionsReply, _sluice_admin_v1_ListTransitionsRequest__Output, _sluice_admin_v1_ListTransitionsReply__Output>
  ListVersions: MethodDefinition<_sluice_admin_v1_ListVersionsRequest, _sluice_admin_v1_ListVersionsReply, _sluice_admin_v1_ListVersionsRequest__Output, _sluice_admin_v1_ListVersionsReply__Output>
  RegisterVersion: MethodDefinition<_sluice_admin_v1_RegisterVersionRequest, _sluice_admin_v1_RegisterVersionReply, _sluice_admin_v1_RegisterVersionRequest__Output, _sluice_admin_v1_RegisterVersionReply__Output>
  RejectTransition: MethodDefinition<_sluice_admin_v1_DecideTransitionRequest, _sluice_admin_v1_Transition, _sluice_admin_v1_DecideTransitionRequest__Output, _sluice_admin_v1_Transition__Output>
  RequestTransition: MethodDefinition<_sluice_admin_v1_RequestTransitionRequest, _sluice_admin_v1_Transition, _sluice_admin_v1_RequestTransitionRequest__Output, _sluice_admin_v1_Transition__Output>
  SetAlias: MethodDefinition<_sluice_admin_v1_SetAliasRequest, _sluice_admin_v1_Alias, _sluice_admin_v1_SetAliasRequest__Output, _sluice_admin_v1_Alias__Output>
  UpdateMetadata: MethodDefinition<_sluice_admin_v1_UpdateMetadataRequest, _sluice_admin_v1_Version, _sluice_admin_v1_UpdateMetadataRequest__Output, _sluice_admin_v1_Version__Output>
  WatchVersion: MethodDefinition<_sluice_admin_v1_WatchVersionRequest, _sluice_admin_v1_Version, _sluice_admin_v1_WatchVersionRequest__Output, _sluice_admin_v1_Version__Output>
}
