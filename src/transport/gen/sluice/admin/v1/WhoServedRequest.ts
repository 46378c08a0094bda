// Original file: proto/sluice/admin/v1/audit.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface WhoServedRequest {
  'model'?: (string);
  'at'?: (_google_protobuf_Timestamp | null);
  'routingKey'?: (string);
  'predictionId'?: (string);
}

export interface WhoServedRequest__Output {
  'model': (string);
  'at': (_google_protobuf_Timestamp__Output | null);
  'routingKey': (string);
  'predictionId': (string);
}
