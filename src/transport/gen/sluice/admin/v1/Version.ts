// Original file: proto/sluice/admin/v1/registry.proto

import type { File as _sluice_admin_v1_File, File__Output as _sluice_admin_v1_File__Output } from '../../../sluice/admin/v1/File.ts';
import type { RegistryState as _sluice_admin_v1_RegistryState, RegistryState__Output as _sluice_admin_v1_RegistryState__Output } from '../../../sluice/admin/v1/RegistryState.ts';
import type { Metadata as _sluice_admin_v1_Metadata, Metadata__Output as _sluice_admin_v1_Metadata__Output } from '../../../sluice/admin/v1/Metadata.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';
import type { Qualification as _sluice_admin_v1_Qualification, Qualification__Output as _sluice_admin_v1_Qualification__Output } from '../../../sluice/admin/v1/Qualification.ts';
import type { InstanceState as _sluice_admin_v1_InstanceState, InstanceState__Output as _sluice_admin_v1_InstanceState__Output } from '../../../sluice/admin/v1/InstanceState.ts';
import type { Long } from '@grpc/proto-loader';

export interface Version {
  'model'?: (string);
  'version'?: (string);
  'digest'?: (string);
  'files'?: (_sluice_admin_v1_File)[];
  'bytes'?: (number | string | Long);
  'state'?: (_sluice_admin_v1_RegistryState);
  'reason'?: (string);
  'stage'?: (string);
  'metadata'?: (_sluice_admin_v1_Metadata | null);
  'createdAt'?: (_google_protobuf_Timestamp | null);
  'createdBy'?: (string);
  'deletedAt'?: (_google_protobuf_Timestamp | null);
  'aliases'?: (string)[];
  'weight'?: (number);
  'warm'?: (boolean);
  'qualification'?: (_sluice_admin_v1_Qualification | null);
  'instances'?: (_sluice_admin_v1_InstanceState)[];
}

export interface Version__Output {
  'model': (string);
  'version': (string);
  'digest': (string);
  'files': (_sluice_admin_v1_File__Output)[];
  'bytes': (Long);
  'state': (_sluice_admin_v1_RegistryState__Output);
  'reason': (string);
  'stage': (string);
  'metadata': (_sluice_admin_v1_Metadata__Output | null);
  'createdAt': (_google_protobuf_Timestamp__Output | null);
  'createdBy': (string);
  'deletedAt': (_google_protobuf_Timestamp__Output | null);
  'aliases': (string)[];
  'weight': (number);
  'warm': (boolean);
  'qualification': (_sluice_admin_v1_Qualification__Output | null);
  'instances': (_sluice_admin_v1_InstanceState__Output)[];
}
