// Original file: proto/sluice/admin/v1/monitor.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface Instance {
  'instance'?: (string);
  'connected'?: (boolean);
  'since'?: (_google_protobuf_Timestamp | null);
  'address'?: (string);
  'serverVersion'?: (string);
  'readyVersions'?: (number);
  'failedVersions'?: (number);
  'settled'?: (boolean);
}

export interface Instance__Output {
  'instance': (string);
  'connected': (boolean);
  'since': (_google_protobuf_Timestamp__Output | null);
  'address': (string);
  'serverVersion': (string);
  'readyVersions': (number);
  'failedVersions': (number);
  'settled': (boolean);
}
