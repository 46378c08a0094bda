// Original file: proto/sluice/control/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface KeptOutcome {
  'predictionId'?: (string);
  'experiment'?: (string);
  'routingKey'?: (string);
  'metric'?: (string);
  'value'?: (number | string);
  'denominator'?: (number | string);
  'atMs'?: (number | string | Long);
  'id'?: (string);
}

export interface KeptOutcome__Output {
  'predictionId': (string);
  'experiment': (string);
  'routingKey': (string);
  'metric': (string);
  'value': (number);
  'denominator': (number);
  'atMs': (Long);
  'id': (string);
}
