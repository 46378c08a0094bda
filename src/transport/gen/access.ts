import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { AccessClient as _sluice_admin_v1_AccessClient, AccessDefinition as _sluice_admin_v1_AccessDefinition } from './sluice/admin/v1/Access.ts';
import type { CreateTokenReply as _sluice_admin_v1_CreateTokenReply, CreateTokenReply__Output as _sluice_admin_v1_CreateTokenReply__Output } from './sluice/admin/v1/CreateTokenReply.ts';
import type { CreateTokenRequest as _sluice_admin_v1_CreateTokenRequest, CreateTokenRequest__Output as _sluice_admin_v1_CreateTokenRequest__Output } from './sluice/admin/v1/CreateTokenRequest.ts';
import type { ListTokensReply as _sluice_admin_v1_ListTokensReply, ListTokensReply__Output as _sluice_admin_v1_ListTokensReply__Output } from './sluice/admin/v1/ListTokensReply.ts';
import type { ListTokensRequest as _sluice_admin_v1_ListTokensRequest, ListTokensRequest__Output as _sluice_admin_v1_ListTokensRequest__Output } from './sluice/admin/v1/ListTokensRequest.ts';
import type { RevokeTokenRequest as _sluice_admin_v1_RevokeTokenRequest, RevokeTokenRequest__Output as _sluice_admin_v1_RevokeTokenRequest__Output } from './sluice/admin/v1/RevokeTokenRequest.ts';
import type { Token as _sluice_admin_v1_Token, Token__Output as _sluice_admin_v1_Token__Output } from './sluice/admin/v1/Token.ts';
import type { WhoAmIReply as _sluice_admin_v1_WhoAmIReply, WhoAmIReply__Output as _sluice_admin_v1_WhoAmIReply__Output } from './sluice/admin/v1/WhoAmIReply.ts';
import type { WhoAmIRequest as _sluice_admin_v1_WhoAmIRequest, WhoAmIRequest__Output as _sluice_admin_v1_WhoAmIRequest__Output } from './sluice/admin/v1/WhoAmIRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  sluice: {
    admin: {
      v1: {
        Access: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_AccessClient> & { service: _sluice_admin_v1_AccessDefinition }
        AccessRole: EnumTypeDefinition
        CreateTokenReply: MessageTypeDefinition<_sluice_admin_v1_CreateTokenReply, _sluice_admin_v1_CreateTokenReply__Output>
        CreateTokenRequest: MessageTypeDefinition<_sluice_admin_v1_CreateTokenRequest, _sluice_admin_v1_CreateTokenRequest__Output>
        ListTokensReply: MessageTypeDefinition<_sluice_admin_v1_ListTokensReply, _sluice_admin_v1_ListTokensReply__Output>
        ListTokensRequest: MessageTypeDefinition<_sluice_admin_v1_ListTokensRequest, _sluice_admin_v1_ListTokensRequest__Output>
        RevokeTokenRequest: MessageTypeDefinition<_sluice_admin_v1_RevokeTokenRequest, _sluice_admin_v1_RevokeTokenRequest__Output>
        Token: MessageTypeDefinition<_sluice_admin_v1_Token, _sluice_admin_v1_Token__Output>
        WhoAmIReply: MessageTypeDefinition<_sluice_admin_v1_WhoAmIReply, _sluice_admin_v1_WhoAmIReply__Output>
        WhoAmIRequest: MessageTypeDefinition<_sluice_admin_v1_WhoAmIRequest, _sluice_admin_v1_WhoAmIRequest__Output>
      }
    }
  }
}

