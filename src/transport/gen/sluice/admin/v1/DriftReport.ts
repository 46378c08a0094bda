// Original file: proto/sluice/admin/v1/drift.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { FeatureDrift as _sluice_admin_v1_FeatureDrift, FeatureDrift__Output as _sluice_admin_v1_FeatureDrift__Output } from '../../../sluice/admin/v1/FeatureDrift.ts';
import type { Long } from '@grpc/proto-loader';

export interface DriftReport {
  'model'?: (string);
  'version'?: (string);
  'against'?: (string);
  'from'?: (_google_protobuf_Timestamp | null);
  'to'?: (_google_protobuf_Timestamp | null);
  'samples'?: (number | string | Long);
  'referenceSamples'?: (number | string | Long);
  'features'?: (_sluice_admin_v1_FeatureDrift)[];
  'verdict'?: (string);
  'summary'?: (string);
}

export interface DriftReport__Output {
  'model': (string);
  'version': (string);
  'against': (string);
  'from': (_google_protobuf_Timestamp__Output | null);
  'to': (_google_protobuf_Timestamp__Output | null);
  'samples': (Long);
  'referenceSamples': (Long);
  'features': (_sluice_admin_v1_FeatureDrift__Output)[];
  'verdict': (string);
  'summary': (string);
}
