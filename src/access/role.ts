/** The roles that an identity can have, and what each of them may do. */

/** What a call can need; `read` changes nothing, `approve` decides about what others asked for. */
export type Need = 'read' | 'operate' | 'approve' | 'administer' | 'predict';

/** The first four are for people and pipelines on the Admin port; a caller asks models for answers and nothing else. */
export const ROLES = ['viewer', 'operator', 'approver', 'admin', 'caller'] as const;

export type Role = (typeof ROLES)[number];

/** An operator cannot approve and an approver cannot operate, so that it takes two of them. */
const INCLUDES: Readonly<Record<Role, readonly Need[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate', 'predict'],
  approver: ['read', 'approve'],
  admin: ['read', 'operate', 'approve', 'administer', 'predict'],
  caller: ['predict'],
};

export function mayDo(role: Role, need: Need): boolean {
  return INCLUDES[role].includes(need);
}

/** The roles that may, for sentences. */
export function rolesThatMay(need: Need): readonly Role[] {
  return ROLES.filter((role) => mayDo(role, need));
}
