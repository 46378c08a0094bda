// Original file: proto/sluice/v1/predict.proto

import type { Long } from '@grpc/proto-loader';

export interface Tensor {
  'name'?: (string);
  'datatype'?: (string);
  'shape'?: (number | string | Long)[];
  'floats'?: (number | string)[];
  'doubles'?: (number | string)[];
  'ints'?: (number)[];
  'int64s'?: (number | string | Long)[];
  'uints'?: (number)[];
  'uint64s'?: (number | string | Long)[];
  'bools'?: (boolean)[];
  'strings'?: (string)[];
  'raw'?: (Buffer | Uint8Array | string);
}

export interface Tensor__Output {
  'name': (string);
  'datatype': (string);
  'shape': (Long)[];
  'floats': (number)[];
  'doubles': (number)[];
  'ints': (number)[];
  'int64s': (Long)[];
  'uints': (number)[];
  'uint64s': (Long)[];
  'bools': (boolean)[];
  'strings': (string)[];
  'raw': (Buffer);
}
