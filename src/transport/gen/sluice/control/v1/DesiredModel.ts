// Original file: proto/sluice/control/v1/control.proto

import type { DesiredVersion as _sluice_control_v1_DesiredVersion, DesiredVersion__Output as _sluice_control_v1_DesiredVersion__Output } from '../../../sluice/control/v1/DesiredVersion.ts';

export interface DesiredModel {
  'model'?: (string);
  'versions'?: (_sluice_control_v1_DesiredVersion)[];
  'policyJson'?: (string);
  'aliases'?: ({[key: string]: string});
  'others'?: ({[key: string]: string});
  'rejected'?: (string)[];
}

export interface DesiredModel__Output {
  'model': (string);
  'versions': (_sluice_control_v1_DesiredVersion__Output)[];
  'policyJson': (string);
  'aliases': ({[key: string]: string});
  'others': ({[key: string]: string});
  'rejected': (string)[];
}
