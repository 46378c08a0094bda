// Original file: proto/sluice/control/v1/control.proto

import type { Long } from '@grpc/proto-loader';

export interface VersionReport {
  'model'?: (string);
  'version'?: (string);
  'digest'?: (string);
  'state'?: (string);
  'reason'?: (string);
  'sinceMs'?: (number | string | Long);
  'gone'?: (boolean);
}

export interface VersionReport__Output {
  'model': (string);
  'version': (string);
  'digest': (string);
  'state': (string);
  'reason': (string);
  'sinceMs': (Long);
  'gone': (boolean);
}
