// Original file: proto/sluice/admin/v1/access.proto

export const AccessRole = {
  ACCESS_ROLE_UNSPECIFIED: 'ACCESS_ROLE_UNSPECIFIED',
  VIEWER: 'VIEWER',
  OPERATOR: 'OPERATOR',
  APPROVER: 'APPROVER',
  ADMIN: 'ADMIN',
  CALLER: 'CALLER',
} as const;

export type AccessRole =
  | 'ACCESS_ROLE_UNSPECIFIED'
  | 0
  | 'VIEWER'
  | 1
  | 'OPERATOR'
  | 2
  | 'APPROVER'
  | 3
  | 'ADMIN'
  | 4
  | 'CALLER'
  | 5

export type AccessRole__Output = typeof AccessRole[keyof typeof AccessRole]
