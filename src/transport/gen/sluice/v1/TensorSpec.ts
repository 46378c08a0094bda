// Original file: proto/sluice/v1/predict.proto

import type { Long } from '@grpc/proto-loader';

export interface TensorSpec {
  'name'?: (string);
  'datatype'?: (string);
  'shape'?: (number | string | Long)[];
  'dimensionNames'?: (string)[];
}

export interface TensorSpec__Output {
  'name': (string);
  'datatype': (string);
  'shape': (Long)[];
  'dimensionNames': (string)[];
}
