import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ListValue as _google_protobuf_ListValue, ListValue__Output as _google_protobuf_ListValue__Output } from './google/protobuf/ListValue.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from './google/protobuf/Struct.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Value as _google_protobuf_Value, Value__Output as _google_protobuf_Value__Output } from './google/protobuf/Value.ts';
import type { AuditClient as _sluice_admin_v1_AuditClient, AuditDefinition as _sluice_admin_v1_AuditDefinition } from './sluice/admin/v1/Audit.ts';
import type { Event as _sluice_admin_v1_Event, Event__Output as _sluice_admin_v1_Event__Output } from './sluice/admin/v1/Event.ts';
import type { ListEventsReply as _sluice_admin_v1_ListEventsReply, ListEventsReply__Output as _sluice_admin_v1_ListEventsReply__Output } from './sluice/admin/v1/ListEventsReply.ts';
import type { ListEventsRequest as _sluice_admin_v1_ListEventsRequest, ListEventsRequest__Output as _sluice_admin_v1_ListEventsRequest__Output } from './sluice/admin/v1/ListEventsRequest.ts';
import type { ServingEpoch as _sluice_admin_v1_ServingEpoch, ServingEpoch__Output as _sluice_admin_v1_ServingEpoch__Output } from './sluice/admin/v1/ServingEpoch.ts';
import type { ServingVersion as _sluice_admin_v1_ServingVersion, ServingVersion__Output as _sluice_admin_v1_ServingVersion__Output } from './sluice/admin/v1/ServingVersion.ts';
import type { VerifyChainReply as _sluice_admin_v1_VerifyChainReply, VerifyChainReply__Output as _sluice_admin_v1_VerifyChainReply__Output } from './sluice/admin/v1/VerifyChainReply.ts';
import type { VerifyChainRequest as _sluice_admin_v1_VerifyChainRequest, VerifyChainRequest__Output as _sluice_admin_v1_VerifyChainRequest__Output } from './sluice/admin/v1/VerifyChainRequest.ts';
import type { WhoServedReply as _sluice_admin_v1_WhoServedReply, WhoServedReply__Output as _sluice_admin_v1_WhoServedReply__Output } from './sluice/admin/v1/WhoServedReply.ts';
import type { WhoServedRequest as _sluice_admin_v1_WhoServedRequest, WhoServedRequest__Output as _sluice_admin_v1_WhoServedRequest__Output } from './sluice/admin/v1/WhoServedRequest.ts';

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
        Audit: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_AuditClient> & { service: _sluice_admin_v1_AuditDefinition }
        Event: MessageTypeDefinition<_sluice_admin_v1_Event, _sluice_admin_v1_Event__Output>
        ListEventsReply: MessageTypeDefinition<_sluice_admin_v1_ListEventsReply, _sluice_admin_v1_ListEventsReply__Output>
        ListEventsRequest: MessageTypeDefinition<_sluice_admin_v1_ListEventsRequest, _sluice_admin_v1_ListEventsRequest__Output>
        ServingEpoch: MessageTypeDefinition<_sluice_admin_v1_ServingEpoch, _sluice_admin_v1_ServingEpoch__Output>
        ServingVersion: MessageTypeDefinition<_sluice_admin_v1_ServingVersion, _sluice_admin_v1_ServingVersion__Output>
        VerifyChainReply: MessageTypeDefinition<_sluice_admin_v1_VerifyChainReply, _sluice_admin_v1_VerifyChainReply__Output>
        VerifyChainRequest: MessageTypeDefinition<_sluice_admin_v1_VerifyChainRequest, _sluice_admin_v1_VerifyChainRequest__Output>
        WhoServedReply: MessageTypeDefinition<_sluice_admin_v1_WhoServedReply, _sluice_admin_v1_WhoServedReply__Output>
        WhoServedRequest: MessageTypeDefinition<_sluice_admin_v1_WhoServedRequest, _sluice_admin_v1_WhoServedRequest__Output>
      }
    }
  }
}

