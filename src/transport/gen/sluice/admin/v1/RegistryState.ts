// Original file: proto/sluice/admin/v1/registry.proto

export const RegistryState = {
  REGISTRY_STATE_UNSPECIFIED: 'REGISTRY_STATE_UNSPECIFIED',
  UPLOADED: 'UPLOADED',
  QUALIFYING: 'QUALIFYING',
  QUALIFIED: 'QUALIFIED',
  REJECTED: 'REJECTED',
  DELETED: 'DELETED',
} as const;

export type RegistryState =
  | 'REGISTRY_STATE_UNSPECIFIED'
  | 0
  | 'UPLOADED'
  | 1
  | 'QUALIFYING'
  | 2
  | 'QUALIFIED'
  | 3
  | 'REJECTED'
  | 4
  | 'DELETED'
  | 5

export type RegistryState__Output = typeof RegistryState[keyof typeof RegistryState]
