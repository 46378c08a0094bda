// Original file: proto/sluice/control/v1/control.proto

import type { DesiredFile as _sluice_control_v1_DesiredFile, DesiredFile__Output as _sluice_control_v1_DesiredFile__Output } from '../../../sluice/control/v1/DesiredFile.ts';
import type { Long } from '@grpc/proto-loader';

export interface DesiredVersion {
  'version'?: (string);
  'digest'?: (string);
  'bytes'?: (number | string | Long);
  'files'?: (_sluice_control_v1_DesiredFile)[];
  'settingsJson'?: (string);
  'reportJson'?: (string);
  'metadataJson'?: (string);
}

export interface DesiredVersion__Output {
  'version': (string);
  'digest': (string);
  'bytes': (Long);
  'files': (_sluice_control_v1_DesiredFile__Output)[];
  'settingsJson': (string);
  'reportJson': (string);
  'metadataJson': (string);
}
