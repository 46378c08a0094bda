import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Arm as _sluice_admin_v1_Arm, Arm__Output as _sluice_admin_v1_Arm__Output } from './sluice/admin/v1/Arm.ts';
import type { Epoch as _sluice_admin_v1_Epoch, Epoch__Output as _sluice_admin_v1_Epoch__Output } from './sluice/admin/v1/Epoch.ts';
import type { GetTrafficRequest as _sluice_admin_v1_GetTrafficRequest, GetTrafficRequest__Output as _sluice_admin_v1_GetTrafficRequest__Output } from './sluice/admin/v1/GetTrafficRequest.ts';
import type { InstanceEpoch as _sluice_admin_v1_InstanceEpoch, InstanceEpoch__Output as _sluice_admin_v1_InstanceEpoch__Output } from './sluice/admin/v1/InstanceEpoch.ts';
import type { ListEpochsReply as _sluice_admin_v1_ListEpochsReply, ListEpochsReply__Output as _sluice_admin_v1_ListEpochsReply__Output } from './sluice/admin/v1/ListEpochsReply.ts';
import type { ListEpochsRequest as _sluice_admin_v1_ListEpochsRequest, ListEpochsRequest__Output as _sluice_admin_v1_ListEpochsRequest__Output } from './sluice/admin/v1/ListEpochsRequest.ts';
import type { MatchRule as _sluice_admin_v1_MatchRule, MatchRule__Output as _sluice_admin_v1_MatchRule__Output } from './sluice/admin/v1/MatchRule.ts';
import type { OneOf as _sluice_admin_v1_OneOf, OneOf__Output as _sluice_admin_v1_OneOf__Output } from './sluice/admin/v1/OneOf.ts';
import type { RollbackTrafficRequest as _sluice_admin_v1_RollbackTrafficRequest, RollbackTrafficRequest__Output as _sluice_admin_v1_RollbackTrafficRequest__Output } from './sluice/admin/v1/RollbackTrafficRequest.ts';
import type { SetTrafficRequest as _sluice_admin_v1_SetTrafficRequest, SetTrafficRequest__Output as _sluice_admin_v1_SetTrafficRequest__Output } from './sluice/admin/v1/SetTrafficRequest.ts';
import type { Shadow as _sluice_admin_v1_Shadow, Shadow__Output as _sluice_admin_v1_Shadow__Output } from './sluice/admin/v1/Shadow.ts';
import type { SwitchTrafficRequest as _sluice_admin_v1_SwitchTrafficRequest, SwitchTrafficRequest__Output as _sluice_admin_v1_SwitchTrafficRequest__Output } from './sluice/admin/v1/SwitchTrafficRequest.ts';
import type { TrafficClient as _sluice_admin_v1_TrafficClient, TrafficDefinition as _sluice_admin_v1_TrafficDefinition } from './sluice/admin/v1/Traffic.ts';
import type { TrafficPolicy as _sluice_admin_v1_TrafficPolicy, TrafficPolicy__Output as _sluice_admin_v1_TrafficPolicy__Output } from './sluice/admin/v1/TrafficPolicy.ts';
import type { TrafficReply as _sluice_admin_v1_TrafficReply, TrafficReply__Output as _sluice_admin_v1_TrafficReply__Output } from './sluice/admin/v1/TrafficReply.ts';
import type { WatchTrafficRequest as _sluice_admin_v1_WatchTrafficRequest, WatchTrafficRequest__Output as _sluice_admin_v1_WatchTrafficRequest__Output } from './sluice/admin/v1/WatchTrafficRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  sluice: {
    admin: {
      v1: {
        Arm: MessageTypeDefinition<_sluice_admin_v1_Arm, _sluice_admin_v1_Arm__Output>
        Epoch: MessageTypeDefinition<_sluice_admin_v1_Epoch, _sluice_admin_v1_Epoch__Output>
        GetTrafficRequest: MessageTypeDefinition<_sluice_admin_v1_GetTrafficRequest, _sluice_admin_v1_GetTrafficRequest__Output>
        InstanceEpoch: MessageTypeDefinition<_sluice_admin_v1_InstanceEpoch, _sluice_admin_v1_InstanceEpoch__Output>
        ListEpochsReply: MessageTypeDefinition<_sluice_admin_v1_ListEpochsReply, _sluice_admin_v1_ListEpochsReply__Output>
        ListEpochsRequest: MessageTypeDefinition<_sluice_admin_v1_ListEpochsRequest, _sluice_admin_v1_ListEpochsRequest__Output>
        MatchRule: MessageTypeDefinition<_sluice_admin_v1_MatchRule, _sluice_admin_v1_MatchRule__Output>
        OneOf: MessageTypeDefinition<_sluice_admin_v1_OneOf, _sluice_admin_v1_OneOf__Output>
        RollbackTrafficRequest: MessageTypeDefinition<_sluice_admin_v1_RollbackTrafficRequest, _sluice_admin_v1_RollbackTrafficRequest__Output>
        SetTrafficRequest: MessageTypeDefinition<_sluice_admin_v1_SetTrafficRequest, _sluice_admin_v1_SetTrafficRequest__Output>
        Shadow: MessageTypeDefinition<_sluice_admin_v1_Shadow, _sluice_admin_v1_Shadow__Output>
        SwitchTrafficRequest: MessageTypeDefinition<_sluice_admin_v1_SwitchTrafficRequest, _sluice_admin_v1_SwitchTrafficRequest__Output>
        Traffic: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_TrafficClient> & { service: _sluice_admin_v1_TrafficDefinition }
        TrafficPolicy: MessageTypeDefinition<_sluice_admin_v1_TrafficPolicy, _sluice_admin_v1_TrafficPolicy__Output>
        TrafficReply: MessageTypeDefinition<_sluice_admin_v1_TrafficReply, _sluice_admin_v1_TrafficReply__Output>
        WatchTrafficRequest: MessageTypeDefinition<_sluice_admin_v1_WatchTrafficRequest, _sluice_admin_v1_WatchTrafficRequest__Output>
      }
    }
  }
}

