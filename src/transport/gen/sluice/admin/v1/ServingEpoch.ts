// Original file: proto/sluice/admin/v1/audit.proto

import type { ServingVersion as _sluice_admin_v1_ServingVersion, ServingVersion__Output as _sluice_admin_v1_ServingVersion__Output } from '../../../sluice/admin/v1/ServingVersion.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface ServingEpoch {
  'epoch'?: (number | string | Long);
  'versions'?: (_sluice_admin_v1_ServingVersion)[];
  'version'?: (string);
  'digest'?: (string);
  'arm'?: (string);
  'slot'?: (number);
  'validFrom'?: (_google_protobuf_Timestamp | null);
  'validTo'?: (_google_protobuf_Timestamp | null);
  'instances'?: (string)[];
  '_slot'?: "slot";
}

export interface ServingEpoch__Output {
  'epoch': (Long);
  'versions': (_sluice_admin_v1_ServingVersion__Output)[];
  'version': (string);
  'digest': (string);
  'arm': (string);
  'slot'?: (number);
  'validFrom': (_google_protobuf_Timestamp__Output | null);
  'validTo': (_google_protobuf_Timestamp__Output | null);
  'instances': (string)[];
  '_slot'?: "slot";
}
