// Original file: proto/sluice/admin/v1/registry.proto

import type { Model as _sluice_admin_v1_Model, Model__Output as _sluice_admin_v1_Model__Output } from '../../../sluice/admin/v1/Model.ts';

export interface ListModelsReply {
  'models'?: (_sluice_admin_v1_Model)[];
  'nextPageToken'?: (string);
}

export interface ListModelsReply__Output {
  'models': (_sluice_admin_v1_Model__Output)[];
  'nextPageToken': (string);
}
