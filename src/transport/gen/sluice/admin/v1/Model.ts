// Original file: proto/sluice/admin/v1/registry.proto

import type { VersionShare as _sluice_admin_v1_VersionShare, VersionShare__Output as _sluice_admin_v1_VersionShare__Output } from '../../../sluice/admin/v1/VersionShare.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../../google/protobuf/Struct.ts';
import type { Long } from '@grpc/proto-loader';

export interface Model {
  'model'?: (string);
  'versions'?: (number);
  'latest'?: (string);
  'epoch'?: (number | string | Long);
  'weights'?: (_sluice_admin_v1_VersionShare)[];
  'config'?: (_google_protobuf_Struct | null);
}

export interface Model__Output {
  'model': (string);
  'versions': (number);
  'latest': (string);
  'epoch': (Long);
  'weights': (_sluice_admin_v1_VersionShare__Output)[];
  'config': (_google_protobuf_Struct__Output | null);
}
