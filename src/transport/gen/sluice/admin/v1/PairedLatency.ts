// Original file: proto/sluice/admin/v1/shadows.proto

import type { Long } from '@grpc/proto-loader';

export interface PairedLatency {
  'pairs'?: (number | string | Long);
  'liveMeanMs'?: (number | string);
  'shadowMeanMs'?: (number | string);
  'meanDifferenceMs'?: (number | string);
  'lowerMs'?: (number | string);
  'upperMs'?: (number | string);
  'shadowSlowerShare'?: (number | string);
}

export interface PairedLatency__Output {
  'pairs': (Long);
  'liveMeanMs': (number);
  'shadowMeanMs': (number);
  'meanDifferenceMs': (number);
  'lowerMs': (number);
  'upperMs': (number);
  'shadowSlowerShare': (number);
}
