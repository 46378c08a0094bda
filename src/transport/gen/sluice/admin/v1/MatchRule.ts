// Original file: proto/sluice/admin/v1/traffic.proto

import type { OneOf as _sluice_admin_v1_OneOf, OneOf__Output as _sluice_admin_v1_OneOf__Output } from '../../../sluice/admin/v1/OneOf.ts';

export interface MatchRule {
  'name'?: (string);
  'header'?: (string);
  'exact'?: (string);
  'prefix'?: (string);
  'oneOf'?: (_sluice_admin_v1_OneOf | null);
  'present'?: (boolean);
  'version'?: (string);
  'match'?: "exact"|"prefix"|"oneOf"|"present";
}

export interface MatchRule__Output {
  'name': (string);
  'header': (string);
  'exact'?: (string);
  'prefix'?: (string);
  'oneOf'?: (_sluice_admin_v1_OneOf__Output | null);
  'present'?: (boolean);
  'version': (string);
  'match'?: "exact"|"prefix"|"oneOf"|"present";
}
