// Original file: proto/sluice/admin/v1/access.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateTokenReply as _sluice_admin_v1_CreateTokenReply, CreateTokenReply__Output as _sluice_admin_v1_CreateTokenReply__Output } from '../../../sluice/admin/v1/CreateTokenReply.ts';
import type { CreateTokenRequest as _sluice_admin_v1_CreateTokenRequest, CreateTokenRequest__Output as _sluice_admin_v1_CreateTokenRequest__Output } from '../../../sluice/admin/v1/CreateTokenRequest.ts';
import type { ListTokensReply as _sluice_admin_v1_ListTokensReply, ListTokensReply__Output as _sluice_admin_v1_ListTokensReply__Output } from '../../../sluice/admin/v1/ListTokensReply.ts';
import type { ListTokensRequest as _sluice_admin_v1_ListTokensRequest, ListTokensRequest__Output as _sluice_admin_v1_ListTokensRequest__Output } from '../../../sluice/admin/v1/ListTokensRequest.ts';
import type { RevokeTokenRequest as _sluice_admin_v1_RevokeTokenRequest, RevokeTokenRequest__Output as _sluice_admin_v1_RevokeTokenRequest__Output } from '../../../sluice/admin/v1/RevokeTokenRequest.ts';
import type { Token as _sluice_admin_v1_Token, Token__Output as _sluice_admin_v1_Token__Output } from '../../../sluice/admin/v1/Token.ts';
import type { WhoAmIReply as _sluice_admin_v1_WhoAmIReply, WhoAmIReply__Output as _sluice_admin_v1_WhoAmIReply__Output } from '../../../sluice/admin/v1/WhoAmIReply.ts';
import type { WhoAmIRequest as _sluice_admin_v1_WhoAmIRequest, WhoAmIRequest__Output as _sluice_admin_v1_WhoAmIRequest__Output } from '../../../sluice/admin/v1/WhoAmIRequest.ts';

export interface AccessClient extends grpc.Client {
  CreateToken(argument: _sluice_admin_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _sluice_admin_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _sluice_admin_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _sluice_admin_v1_CreateTokenRequest, callback: grpc.requestCallback<_sluice_admin_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _sluice_admin_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _sluice_admin_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _sluice_admin_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _sluice_admin_v1_CreateTokenRequest, callback: grpc.requestCallback<_sluice_admin_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  
  ListTokens(argument: _sluice_admin_v1_ListTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListTokensReply__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _sluice_admin_v1_ListTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListTokensReply__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _sluice_admin_v1_ListTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListTokensReply__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _sluice_admin_v1_ListTokensRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListTokensReply__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _sluice_admin_v1_ListTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListTokensReply__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _sluice_admin_v1_ListTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_ListTokensReply__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _sluice_admin_v1_ListTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_ListTokensReply__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _sluice_admin_v1_ListTokensRequest, callback: grpc.requestCallback<_sluice_admin_v1_ListTokensReply__Output>): grpc.ClientUnaryCall;
  
  RevokeToken(argument: _sluice_admin_v1_RevokeTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Token__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _sluice_admin_v1_RevokeTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Token__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _sluice_admin_v1_RevokeTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Token__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _sluice_admin_v1_RevokeTokenRequest, callback: grpc.requestCallback<_sluice_admin_v1_Token__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _sluice_admin_v1_RevokeTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Token__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _sluice_admin_v1_RevokeTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_Token__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _sluice_admin_v1_RevokeTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_Token__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _sluice_admin_v1_RevokeTokenRequest, callback: grpc.requestCallback<_sluice_admin_v1_Token__Output>): grpc.ClientUnaryCall;
  
  WhoAmI(argument: _sluice_admin_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_WhoAmIReply__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _sluice_admin_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_WhoAmIReply__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _sluice_admin_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_WhoAmIReply__Output>): grpc.ClientUnaryCall;
  WhoAmI(argument: _sluice_admin_v1_WhoAmIRequest, callback: grpc.requestCallback<_sluice_admin_v1_WhoAmIReply__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _sluice_admin_v1_WhoAmIRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_WhoAmIReply__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _sluice_admin_v1_WhoAmIRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sluice_admin_v1_WhoAmIReply__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _sluice_admin_v1_WhoAmIRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sluice_admin_v1_WhoAmIReply__Output>): grpc.ClientUnaryCall;
  whoAmI(argument: _sluice_admin_v1_WhoAmIRequest, callback: grpc.requestCallback<_sluice_admin_v1_WhoAmIReply__Output>): grpc.ClientUnaryCall;
  
}

export interface AccessHandlers extends grpc.UntypedServiceImplementation {
  CreateToken: grpc.handleUnaryCall<_sluice_admin_v1_CreateTokenRequest__Output, _sluice_admin_v1_CreateTokenReply>;
  
  ListTokens: grpc.handleUnaryCall<_sluice_admin_v1_ListTokensRequest__Output, _sluice_admin_v1_ListTokensReply>;
  
  RevokeToken: grpc.handleUnaryCall<_sluice_admin_v1_RevokeTokenRequest__Output, _sluice_admin_v1_Token>;
  
  WhoAmI: grpc.handleUnaryCall<_sluice_admin_v1_WhoAmIRequest__Output, _sluice_admin_v1_WhoAmIReply>;
  
}

export interface AccessDefinition extends grpc.ServiceDefinition {
  CreateToken: MethodDefinition<_sluice_admin_v1_CreateTokenRequest, _sluice_admin_v1_CreateTokenReply, _sluice_admin_v1_CreateTokenRequest__Output, _sluice_admin_v1_CreateTokenReply__Output>
  ListTokens: MethodDefinition<_sluice_admin_v1_ListTokensRequest, _sluice_admin_v1_ListTokensReply, _sluice_admin_v1_ListTokensRequest__Output, _sluice_admin_v1_ListTokensReply__Output>
  RevokeToken: MethodDefinition<_sluice_admin_v1_RevokeTokenRequest, _sluice_admin_v1_Token, _sluice_admin_v1_RevokeTokenRequest__Output, _sluice_admin_v1_Token__Output>
  WhoAmI: MethodDefinition<_sluice_admin_v1_WhoAmIRequest, _sluice_admin_v1_WhoAmIReply, _sluice_admin_v1_WhoAmIRequest__Output, _sluice_admin_v1_WhoAmIReply__Output>
}
