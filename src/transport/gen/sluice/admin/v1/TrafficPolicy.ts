// Original file: proto/sluice/admin/v1/traffic.proto

import type { Arm as _sluice_admin_v1_Arm, Arm__Output as _sluice_admin_v1_Arm__Output } from '../../../sluice/admin/v1/Arm.ts';
import type { MatchRule as _sluice_admin_v1_MatchRule, MatchRule__Output as _sluice_admin_v1_MatchRule__Output } from '../../../sluice/admin/v1/MatchRule.ts';
import type { Shadow as _sluice_admin_v1_Shadow, Shadow__Output as _sluice_admin_v1_Shadow__Output } from '../../../sluice/admin/v1/Shadow.ts';

export interface TrafficPolicy {
  'arms'?: (_sluice_admin_v1_Arm)[];
  'rules'?: (_sluice_admin_v1_MatchRule)[];
  'shadows'?: (_sluice_admin_v1_Shadow)[];
  'failOverTo'?: (string);
  'sticky'?: (boolean);
  'routingKeyHeader'?: (string);
  'salt'?: (string);
  '_sticky'?: "sticky";
}

export interface TrafficPolicy__Output {
  'arms': (_sluice_admin_v1_Arm__Output)[];
  'rules': (_sluice_admin_v1_MatchRule__Output)[];
  'shadows': (_sluice_admin_v1_Shadow__Output)[];
  'failOverTo': (string);
  'sticky'?: (boolean);
  'routingKeyHeader': (string);
  'salt': (string);
  '_sticky'?: "sticky";
}
