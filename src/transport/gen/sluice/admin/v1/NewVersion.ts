// Original file: proto/sluice/admin/v1/registry.proto

import type { Metadata as _sluice_admin_v1_Metadata, Metadata__Output as _sluice_admin_v1_Metadata__Output } from '../../../sluice/admin/v1/Metadata.ts';

export interface NewVersion {
  'model'?: (string);
  'version'?: (string);
  'metadata'?: (_sluice_admin_v1_Metadata | null);
  'path'?: (string);
  'warm'?: (boolean);
  'reason'?: (string);
  'idempotencyKey'?: (string);
}

export interface NewVersion__Output {
  'model': (string);
  'version': (string);
  'metadata': (_sluice_admin_v1_Metadata__Output | null);
  'path': (string);
  'warm': (boolean);
  'reason': (string);
  'idempotencyKey': (string);
}
