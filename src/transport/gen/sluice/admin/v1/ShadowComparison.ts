// Original file: proto/sluice/admin/v1/shadows.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { OutputComparison as _sluice_admin_v1_OutputComparison, OutputComparison__Output as _sluice_admin_v1_OutputComparison__Output } from '../../../sluice/admin/v1/OutputComparison.ts';
import type { PairedLatency as _sluice_admin_v1_PairedLatency, PairedLatency__Output as _sluice_admin_v1_PairedLatency__Output } from '../../../sluice/admin/v1/PairedLatency.ts';
import type { Long } from '@grpc/proto-loader';

export interface ShadowComparison {
  'model'?: (string);
  'live'?: (string);
  'shadow'?: (string);
  'since'?: (_google_protobuf_Timestamp | null);
  'pairs'?: (number | string | Long);
  'disagreed'?: (number | string | Long);
  'disagreement'?: (number | string);
  'disagreementLower'?: (number | string);
  'disagreementUpper'?: (number | string);
  'shadowErrors'?: ({[key: string]: number | string | Long});
  'skipped'?: ({[key: string]: number | string | Long});
  'outputs'?: (_sluice_admin_v1_OutputComparison)[];
  'noisePairs'?: (number | string | Long);
  'noiseDisagreed'?: (number | string | Long);
  'noise'?: (_sluice_admin_v1_OutputComparison)[];
  'latency'?: (_sluice_admin_v1_PairedLatency | null);
}

export interface ShadowComparison__Output {
  'model': (string);
  'live': (string);
  'shadow': (string);
  'since': (_google_protobuf_Timestamp__Output | null);
  'pairs': (Long);
  'disagreed': (Long);
  'disagreement': (number);
  'disagreementLower': (number);
  'disagreementUpper': (number);
  'shadowErrors': ({[key: string]: Long});
  'skipped': ({[key: string]: Long});
  'outputs': (_sluice_admin_v1_OutputComparison__Output)[];
  'noisePairs': (Long);
  'noiseDisagreed': (Long);
  'noise': (_sluice_admin_v1_OutputComparison__Output)[];
  'latency': (_sluice_admin_v1_PairedLatency__Output | null);
}
