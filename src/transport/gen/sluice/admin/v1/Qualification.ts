// Original file: proto/sluice/admin/v1/registry.proto

import type { TensorSignature as _sluice_admin_v1_TensorSignature, TensorSignature__Output as _sluice_admin_v1_TensorSignature__Output } from '../../../sluice/admin/v1/TensorSignature.ts';
import type { Weights as _sluice_admin_v1_Weights, Weights__Output as _sluice_admin_v1_Weights__Output } from '../../../sluice/admin/v1/Weights.ts';
import type { Long } from '@grpc/proto-loader';

export interface Qualification {
  'inputs'?: (_sluice_admin_v1_TensorSignature)[];
  'outputs'?: (_sluice_admin_v1_TensorSignature)[];
  'skippedOutputs'?: (string)[];
  'batchable'?: (boolean);
  'batchingReason'?: (string);
  'loadMs'?: (number | string);
  'singleRunMs'?: (number | string);
  'batchRunMs'?: (number | string);
  'batchRows'?: (number);
  'memoryBytes'?: (number | string | Long);
  'weights'?: (_sluice_admin_v1_Weights | null);
}

export interface Qualification__Output {
  'inputs': (_sluice_admin_v1_TensorSignature__Output)[];
  'outputs': (_sluice_admin_v1_TensorSignature__Output)[];
  'skippedOutputs': (string)[];
  'batchable': (boolean);
  'batchingReason': (string);
  'loadMs': (number);
  'singleRunMs': (number);
  'batchRunMs': (number);
  'batchRows': (number);
  'memoryBytes': (Long);
  'weights': (_sluice_admin_v1_Weights__Output | null);
}
