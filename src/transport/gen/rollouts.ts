import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Analysis as _sluice_admin_v1_Analysis, Analysis__Output as _sluice_admin_v1_Analysis__Output } from './sluice/admin/v1/Analysis.ts';
import type { ArmView as _sluice_admin_v1_ArmView, ArmView__Output as _sluice_admin_v1_ArmView__Output } from './sluice/admin/v1/ArmView.ts';
import type { BlueGreen as _sluice_admin_v1_BlueGreen, BlueGreen__Output as _sluice_admin_v1_BlueGreen__Output } from './sluice/admin/v1/BlueGreen.ts';
import type { Budget as _sluice_admin_v1_Budget, Budget__Output as _sluice_admin_v1_Budget__Output } from './sluice/admin/v1/Budget.ts';
import type { Canary as _sluice_admin_v1_Canary, Canary__Output as _sluice_admin_v1_Canary__Output } from './sluice/admin/v1/Canary.ts';
import type { ChangeRolloutRequest as _sluice_admin_v1_ChangeRolloutRequest, ChangeRolloutRequest__Output as _sluice_admin_v1_ChangeRolloutRequest__Output } from './sluice/admin/v1/ChangeRolloutRequest.ts';
import type { GetRolloutRequest as _sluice_admin_v1_GetRolloutRequest, GetRolloutRequest__Output as _sluice_admin_v1_GetRolloutRequest__Output } from './sluice/admin/v1/GetRolloutRequest.ts';
import type { Guardrail as _sluice_admin_v1_Guardrail, Guardrail__Output as _sluice_admin_v1_Guardrail__Output } from './sluice/admin/v1/Guardrail.ts';
import type { Linear as _sluice_admin_v1_Linear, Linear__Output as _sluice_admin_v1_Linear__Output } from './sluice/admin/v1/Linear.ts';
import type { ListRolloutsReply as _sluice_admin_v1_ListRolloutsReply, ListRolloutsReply__Output as _sluice_admin_v1_ListRolloutsReply__Output } from './sluice/admin/v1/ListRolloutsReply.ts';
import type { ListRolloutsRequest as _sluice_admin_v1_ListRolloutsRequest, ListRolloutsRequest__Output as _sluice_admin_v1_ListRolloutsRequest__Output } from './sluice/admin/v1/ListRolloutsRequest.ts';
import type { Metric as _sluice_admin_v1_Metric, Metric__Output as _sluice_admin_v1_Metric__Output } from './sluice/admin/v1/Metric.ts';
import type { PromoteRolloutRequest as _sluice_admin_v1_PromoteRolloutRequest, PromoteRolloutRequest__Output as _sluice_admin_v1_PromoteRolloutRequest__Output } from './sluice/admin/v1/PromoteRolloutRequest.ts';
import type { Rollout as _sluice_admin_v1_Rollout, Rollout__Output as _sluice_admin_v1_Rollout__Output } from './sluice/admin/v1/Rollout.ts';
import type { RolloutTransition as _sluice_admin_v1_RolloutTransition, RolloutTransition__Output as _sluice_admin_v1_RolloutTransition__Output } from './sluice/admin/v1/RolloutTransition.ts';
import type { RolloutsClient as _sluice_admin_v1_RolloutsClient, RolloutsDefinition as _sluice_admin_v1_RolloutsDefinition } from './sluice/admin/v1/Rollouts.ts';
import type { ShadowStage as _sluice_admin_v1_ShadowStage, ShadowStage__Output as _sluice_admin_v1_ShadowStage__Output } from './sluice/admin/v1/ShadowStage.ts';
import type { StartRolloutRequest as _sluice_admin_v1_StartRolloutRequest, StartRolloutRequest__Output as _sluice_admin_v1_StartRolloutRequest__Output } from './sluice/admin/v1/StartRolloutRequest.ts';
import type { Step as _sluice_admin_v1_Step, Step__Output as _sluice_admin_v1_Step__Output } from './sluice/admin/v1/Step.ts';
import type { Strategy as _sluice_admin_v1_Strategy, Strategy__Output as _sluice_admin_v1_Strategy__Output } from './sluice/admin/v1/Strategy.ts';
import type { Verdict as _sluice_admin_v1_Verdict, Verdict__Output as _sluice_admin_v1_Verdict__Output } from './sluice/admin/v1/Verdict.ts';

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
        Analysis: MessageTypeDefinition<_sluice_admin_v1_Analysis, _sluice_admin_v1_Analysis__Output>
        ArmView: MessageTypeDefinition<_sluice_admin_v1_ArmView, _sluice_admin_v1_ArmView__Output>
        BlueGreen: MessageTypeDefinition<_sluice_admin_v1_BlueGreen, _sluice_admin_v1_BlueGreen__Output>
        Budget: MessageTypeDefinition<_sluice_admin_v1_Budget, _sluice_admin_v1_Budget__Output>
        Canary: MessageTypeDefinition<_sluice_admin_v1_Canary, _sluice_admin_v1_Canary__Output>
        ChangeRolloutRequest: MessageTypeDefinition<_sluice_admin_v1_ChangeRolloutRequest, _sluice_admin_v1_ChangeRolloutRequest__Output>
        GetRolloutRequest: MessageTypeDefinition<_sluice_admin_v1_GetRolloutRequest, _sluice_admin_v1_GetRolloutRequest__Output>
        Guardrail: MessageTypeDefinition<_sluice_admin_v1_Guardrail, _sluice_admin_v1_Guardrail__Output>
        Linear: MessageTypeDefinition<_sluice_admin_v1_Linear, _sluice_admin_v1_Linear__Output>
        ListRolloutsReply: MessageTypeDefinition<_sluice_admin_v1_ListRolloutsReply, _sluice_admin_v1_ListRolloutsReply__Output>
        ListRolloutsRequest: MessageTypeDefinition<_sluice_admin_v1_ListRolloutsRequest, _sluice_admin_v1_ListRolloutsRequest__Output>
        Metric: MessageTypeDefinition<_sluice_admin_v1_Metric, _sluice_admin_v1_Metric__Output>
        PromoteRolloutRequest: MessageTypeDefinition<_sluice_admin_v1_PromoteRolloutRequest, _sluice_admin_v1_PromoteRolloutRequest__Output>
        Rollout: MessageTypeDefinition<_sluice_admin_v1_Rollout, _sluice_admin_v1_Rollout__Output>
        RolloutTransition: MessageTypeDefinition<_sluice_admin_v1_RolloutTransition, _sluice_admin_v1_RolloutTransition__Output>
        Rollouts: SubtypeConstructor<typeof grpc.Client, _sluice_admin_v1_RolloutsClient> & { service: _sluice_admin_v1_RolloutsDefinition }
        ShadowStage: MessageTypeDefinition<_sluice_admin_v1_ShadowStage, _sluice_admin_v1_ShadowStage__Output>
        StartRolloutRequest: MessageTypeDefinition<_sluice_admin_v1_StartRolloutRequest, _sluice_admin_v1_StartRolloutRequest__Output>
        Step: MessageTypeDefinition<_sluice_admin_v1_Step, _sluice_admin_v1_Step__Output>
        Strategy: MessageTypeDefinition<_sluice_admin_v1_Strategy, _sluice_admin_v1_Strategy__Output>
        Verdict: MessageTypeDefinition<_sluice_admin_v1_Verdict, _sluice_admin_v1_Verdict__Output>
      }
    }
  }
}

