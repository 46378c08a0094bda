// Original file: proto/sluice/v1/predict.proto

import type { VersionStatus as _sluice_v1_VersionStatus, VersionStatus__Output as _sluice_v1_VersionStatus__Output } from '../../sluice/v1/VersionStatus.ts';
import type { TensorSpec as _sluice_v1_TensorSpec, TensorSpec__Output as _sluice_v1_TensorSpec__Output } from '../../sluice/v1/TensorSpec.ts';
import type { Batching as _sluice_v1_Batching, Batching__Output as _sluice_v1_Batching__Output } from '../../sluice/v1/Batching.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../google/protobuf/Struct.ts';

export interface GetModelReply {
  'model'?: (string);
  'status'?: (_sluice_v1_VersionStatus | null);
  'inputs'?: (_sluice_v1_TensorSpec)[];
  'outputs'?: (_sluice_v1_TensorSpec)[];
  'skippedOutputs'?: (string)[];
  'batching'?: (_sluice_v1_Batching | null);
  'metadata'?: (_google_protobuf_Struct | null);
}

export interface GetModelReply__Output {
  'model': (string);
  'status': (_sluice_v1_VersionStatus__Output | null);
  'inputs': (_sluice_v1_TensorSpec__Output)[];
  'outputs': (_sluice_v1_TensorSpec__Output)[];
  'skippedOutputs': (string)[];
  'batching': (_sluice_v1_Batching__Output | null);
  'metadata': (_google_protobuf_Struct__Output | null);
}
