// Original file: proto/sluice/v1/predict.proto

import type { VersionState as _sluice_v1_VersionState, VersionState__Output as _sluice_v1_VersionState__Output } from '../../sluice/v1/VersionState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface VersionStatus {
  'version'?: (string);
  'state'?: (_sluice_v1_VersionState);
  'reason'?: (string);
  'since'?: (_google_protobuf_Timestamp | null);
  'digest'?: (string);
}

export interface VersionStatus__Output {
  'version': (string);
  'state': (_sluice_v1_VersionState__Output);
  'reason': (string);
  'since': (_google_protobuf_Timestamp__Output | null);
  'digest': (string);
}
