// Original file: proto/sluice/admin/v1/registry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Decision as _sluice_admin_v1_Decision, Decision__Output as _sluice_admin_v1_Decision__Output } from '../../../sluice/admin/v1/Decision.ts';
import type { Long } from '@grpc/proto-loader';

export interface Transition {
  'id'?: (number | string | Long);
  'model'?: (string);
  'version'?: (string);
  'digest'?: (string);
  'fromStage'?: (string);
  'toStage'?: (string);
  'status'?: (string);
  'requestedBy'?: (string);
  'requestedAt'?: (_google_protobuf_Timestamp | null);
  'approvalsNeeded'?: (number);
  'decisions'?: (_sluice_admin_v1_Decision)[];
  'reason'?: (string);
}

export interface Transition__Output {
  'id': (Long);
  'model': (string);
  'version': (string);
  'digest': (string);
  'fromStage': (string);
  'toStage': (string);
  'status': (string);
  'requestedBy': (string);
  'requestedAt': (_google_protobuf_Timestamp__Output | null);
  'approvalsNeeded': (number);
  'decisions': (_sluice_admin_v1_Decision__Output)[];
  'reason': (string);
}
