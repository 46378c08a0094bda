// Original file: proto/sluice/admin/v1/rollouts.proto

import type { Long } from '@grpc/proto-loader';

export interface ArmView {
  'version'?: (string);
  'calls'?: (number | string | Long);
  'ok'?: (number | string | Long);
  'faults'?: (number | string | Long);
  'overloads'?: (number | string | Long);
  'requestP50Ms'?: (number | string);
  'requestP95Ms'?: (number | string);
  'requestP99Ms'?: (number | string);
  'computeP50Ms'?: (number | string);
  'computeP95Ms'?: (number | string);
  'computeP99Ms'?: (number | string);
}

export interface ArmView__Output {
  'version': (string);
  'calls': (Long);
  'ok': (Long);
  'faults': (Long);
  'overloads': (Long);
  'requestP50Ms': (number);
  'requestP95Ms': (number);
  'requestP99Ms': (number);
  'computeP50Ms': (number);
  'computeP95Ms': (number);
  'computeP99Ms': (number);
}
