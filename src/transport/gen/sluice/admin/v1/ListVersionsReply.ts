// Original file: proto/sluice/admin/v1/registry.proto

import type { Version as _sluice_admin_v1_Version, Version__Output as _sluice_admin_v1_Version__Output } from '../../../sluice/admin/v1/Version.ts';

export interface ListVersionsReply {
  'versions'?: (_sluice_admin_v1_Version)[];
  'nextPageToken'?: (string);
}

export interface ListVersionsReply__Output {
  'versions': (_sluice_admin_v1_Version__Output)[];
  'nextPageToken': (string);
}
