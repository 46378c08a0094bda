// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Canary as _sluice_admin_v1_Canary, Canary__Output as _sluice_admin_v1_Canary__Output } from '../../../sluice/admin/v1/Canary.ts';
import type { Linear as _sluice_admin_v1_Linear, Linear__Output as _sluice_admin_v1_Linear__Output } from '../../../sluice/admin/v1/Linear.ts';
import type { BlueGreen as _sluice_admin_v1_BlueGreen, BlueGreen__Output as _sluice_admin_v1_BlueGreen__Output } from '../../../sluice/admin/v1/BlueGreen.ts';
import type { Budget as _sluice_admin_v1_Budget, Budget__Output as _sluice_admin_v1_Budget__Output } from '../../../sluice/admin/v1/Budget.ts';
import type { ShadowStage as _sluice_admin_v1_ShadowStage, ShadowStage__Output as _sluice_admin_v1_ShadowStage__Output } from '../../../sluice/admin/v1/ShadowStage.ts';
import type { Analysis as _sluice_admin_v1_Analysis, Analysis__Output as _sluice_admin_v1_Analysis__Output } from '../../../sluice/admin/v1/Analysis.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../../google/protobuf/Duration.ts';

export interface Strategy {
  'canary'?: (_sluice_admin_v1_Canary | null);
  'linear'?: (_sluice_admin_v1_Linear | null);
  'blueGreen'?: (_sluice_admin_v1_BlueGreen | null);
  'budget'?: (_sluice_admin_v1_Budget | null);
  'shadow'?: (_sluice_admin_v1_ShadowStage | null);
  'analysis'?: (_sluice_admin_v1_Analysis | null);
  'failOver'?: (boolean);
  'bake'?: (_google_protobuf_Duration | null);
  'deadline'?: (_google_protobuf_Duration | null);
  'kind'?: "canary"|"linear"|"blueGreen"|"budget";
  '_failOver'?: "failOver";
}

export interface Strategy__Output {
  'canary'?: (_sluice_admin_v1_Canary__Output | null);
  'linear'?: (_sluice_admin_v1_Linear__Output | null);
  'blueGreen'?: (_sluice_admin_v1_BlueGreen__Output | null);
  'budget'?: (_sluice_admin_v1_Budget__Output | null);
  'shadow': (_sluice_admin_v1_ShadowStage__Output | null);
  'analysis': (_sluice_admin_v1_Analysis__Output | null);
  'failOver'?: (boolean);
  'bake': (_google_protobuf_Duration__Output | null);
  'deadline': (_google_protobuf_Duration__Output | null);
  'kind'?: "canary"|"linear"|"blueGreen"|"budget";
  '_failOver'?: "failOver";
}
