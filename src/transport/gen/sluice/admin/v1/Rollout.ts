// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Strategy as _sluice_admin_v1_Strategy, Strategy__Output as _sluice_admin_v1_Strategy__Output } from '../../../sluice/admin/v1/Strategy.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Verdict as _sluice_admin_v1_Verdict, Verdict__Output as _sluice_admin_v1_Verdict__Output } from '../../../sluice/admin/v1/Verdict.ts';
import type { ArmView as _sluice_admin_v1_ArmView, ArmView__Output as _sluice_admin_v1_ArmView__Output } from '../../../sluice/admin/v1/ArmView.ts';
import type { RolloutTransition as _sluice_admin_v1_RolloutTransition, RolloutTransition__Output as _sluice_admin_v1_RolloutTransition__Output } from '../../../sluice/admin/v1/RolloutTransition.ts';
import type { Long } from '@grpc/proto-loader';

export interface Rollout {
  'id'?: (number | string | Long);
  'model'?: (string);
  'stable'?: (string);
  'candidate'?: (string);
  'strategy'?: (_sluice_admin_v1_Strategy | null);
  'phase'?: (string);
  'reason'?: (string);
  'generation'?: (number | string | Long);
  'stage'?: (number);
  'stageCount'?: (number);
  'stages'?: (string)[];
  'weight'?: (number);
  'epoch'?: (number | string | Long);
  'startedAt'?: (_google_protobuf_Timestamp | null);
  'stageSince'?: (_google_protobuf_Timestamp | null);
  'stageDeadline'?: (_google_protobuf_Timestamp | null);
  'endedAt'?: (_google_protobuf_Timestamp | null);
  'startedBy'?: (string);
  'verdicts'?: (_sluice_admin_v1_Verdict)[];
  'verdict'?: (string);
  'candidateArm'?: (_sluice_admin_v1_ArmView | null);
  'stableArm'?: (_sluice_admin_v1_ArmView | null);
  'transitions'?: (_sluice_admin_v1_RolloutTransition)[];
  'holdDownUntil'?: (_google_protobuf_Timestamp | null);
}

export interface Rollout__Output {
  'id': (Long);
  'model': (string);
  'stable': (string);
  'candidate': (string);
  'strategy': (_sluice_admin_v1_Strategy__Output | null);
  'phase': (string);
  'reason': (string);
  'generation': (Long);
  'stage': (number);
  'stageCount': (number);
  'stages': (string)[];
  'weight': (number);
  'epoch': (Long);
  'startedAt': (_google_protobuf_Timestamp__Output | null);
  'stageSince': (_google_protobuf_Timestamp__Output | null);
  'stageDeadline': (_google_protobuf_Timestamp__Output | null);
  'endedAt': (_google_protobuf_Timestamp__Output | null);
  'startedBy': (string);
  'verdicts': (_sluice_admin_v1_Verdict__Output)[];
  'verdict': (string);
  'candidateArm': (_sluice_admin_v1_ArmView__Output | null);
  'stableArm': (_sluice_admin_v1_ArmView__Output | null);
  'transitions': (_sluice_admin_v1_RolloutTransition__Output)[];
  'holdDownUntil': (_google_protobuf_Timestamp__Output | null);
}
