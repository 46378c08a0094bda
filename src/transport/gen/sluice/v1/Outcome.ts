// Original file: proto/sluice/v1/outcomes.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Outcome {
  'predictionId'?: (string);
  'experiment'?: (string);
  'routingKey'?: (string);
  'metric'?: (string);
  'value'?: (number | string);
  'denominator'?: (number | string);
  'at'?: (_google_protobuf_Timestamp | null);
  'id'?: (string);
}

export interface Outcome__Output {
  'predictionId': (string);
  'experiment': (string);
  'routingKey': (string);
  'metric': (string);
  'value': (number);
  'denominator': (number);
  'at': (_google_protobuf_Timestamp__Output | null);
  'id': (string);
}
