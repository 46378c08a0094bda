// Original file: proto/sluice/admin/v1/experiments.proto

import type { Long } from '@grpc/proto-loader';

export interface ArmResults {
  'arm'?: (string);
  'version'?: (string);
  'exposures'?: (number | string | Long);
  'units'?: (number | string | Long);
  'outcomes'?: (number | string | Long);
  'reported'?: (number | string | Long);
}

export interface ArmResults__Output {
  'arm': (string);
  'version': (string);
  'exposures': (Long);
  'units': (Long);
  'outcomes': (Long);
  'reported': (Long);
}
