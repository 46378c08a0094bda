// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Verdict as _sluice_admin_v1_Verdict, Verdict__Output as _sluice_admin_v1_Verdict__Output } from '../../../sluice/admin/v1/Verdict.ts';
import type { Long } from '@grpc/proto-loader';

export interface RolloutTransition {
  'seq'?: (number | string | Long);
  'at'?: (_google_protobuf_Timestamp | null);
  'kind'?: (string);
  'fromPhase'?: (string);
  'toPhase'?: (string);
  'stage'?: (number);
  'weight'?: (number);
  'actor'?: (string);
  'reason'?: (string);
  'verdicts'?: (_sluice_admin_v1_Verdict)[];
  'epoch'?: (number | string | Long);
}

export interface RolloutTransition__Output {
  'seq': (Long);
  'at': (_google_protobuf_Timestamp__Output | null);
  'kind': (string);
  'fromPhase': (string);
  'toPhase': (string);
  'stage': (number);
  'weight': (number);
  'actor': (string);
  'reason': (string);
  'verdicts': (_sluice_admin_v1_Verdict__Output)[];
  'epoch': (Long);
}
