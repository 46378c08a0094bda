// Original file: proto/sluice/admin/v1/registry.proto

import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../../google/protobuf/Struct.ts';

export interface Metadata {
  'description'?: (string);
  'tags'?: ({[key: string]: string});
  'modelType'?: (string);
  'framework'?: (string);
  'metrics'?: ({[key: string]: number | string});
  'parameters'?: ({[key: string]: string});
  'trainingData'?: (string);
  'trainingDataDigest'?: (string);
  'codeCommit'?: (string);
  'dependencyLockDigest'?: (string);
  'source'?: (string);
  'parent'?: (string);
  'extra'?: (_google_protobuf_Struct | null);
}

export interface Metadata__Output {
  'description': (string);
  'tags': ({[key: string]: string});
  'modelType': (string);
  'framework': (string);
  'metrics': ({[key: string]: number});
  'parameters': ({[key: string]: string});
  'trainingData': (string);
  'trainingDataDigest': (string);
  'codeCommit': (string);
  'dependencyLockDigest': (string);
  'source': (string);
  'parent': (string);
  'extra': (_google_protobuf_Struct__Output | null);
}
