// Original file: proto/sluice/admin/v1/registry.proto

import type { NewVersion as _sluice_admin_v1_NewVersion, NewVersion__Output as _sluice_admin_v1_NewVersion__Output } from '../../../sluice/admin/v1/NewVersion.ts';
import type { FileChunk as _sluice_admin_v1_FileChunk, FileChunk__Output as _sluice_admin_v1_FileChunk__Output } from '../../../sluice/admin/v1/FileChunk.ts';

export interface RegisterVersionRequest {
  'version'?: (_sluice_admin_v1_NewVersion | null);
  'file'?: (_sluice_admin_v1_FileChunk | null);
  'part'?: "version"|"file";
}

export interface RegisterVersionRequest__Output {
  'version'?: (_sluice_admin_v1_NewVersion__Output | null);
  'file'?: (_sluice_admin_v1_FileChunk__Output | null);
  'part'?: "version"|"file";
}
