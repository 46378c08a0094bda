// Original file: proto/sluice/admin/v1/registry.proto

import type { File as _sluice_admin_v1_File, File__Output as _sluice_admin_v1_File__Output } from '../../../sluice/admin/v1/File.ts';
import type { Long } from '@grpc/proto-loader';

export interface GarbageCollectReply {
  'removed'?: (_sluice_admin_v1_File)[];
  'bytes'?: (number | string | Long);
  'retained'?: (number);
  'dryRun'?: (boolean);
}

export interface GarbageCollectReply__Output {
  'removed': (_sluice_admin_v1_File__Output)[];
  'bytes': (Long);
  'retained': (number);
  'dryRun': (boolean);
}
