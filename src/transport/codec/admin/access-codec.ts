/** Tokens and roles, as sluice.admin.v1 shows them; never a secret or its hash. */
import type { Caller } from '../../../access/gate.ts';
import type { Role } from '../../../access/role.ts';
import type { CreateTokenInput } from '../../../admin/create-token.ts';
import { ServerError } from '../../../domain/errors.ts';
import type { StoredToken } from '../../../registry/token-store.ts';
import type { CreateTokenRequest__Output as CreateTokenRequest } from '../../gen/sluice/admin/v1/CreateTokenRequest.ts';
import type { Token } from '../../gen/sluice/admin/v1/Token.ts';
import type { WhoAmIReply } from '../../gen/sluice/admin/v1/WhoAmIReply.ts';
import { formatTime, formatTimeOrNone, parseDuration } from './time-codec.ts';

const WIRE_ROLES = {
  viewer: 'VIEWER',
  operator: 'OPERATOR',
  approver: 'APPROVER',
  admin: 'ADMIN',
  caller: 'CALLER',
} as const satisfies Record<Role, string>;

export function parseNewToken(request: CreateTokenRequest): CreateTokenInput {
  const { name, role, models, lifetime, requestsPerSecond, burst } = request;
  const lifetimeMs = parseDuration('lifetime', lifetime);
  return { name, role: roleFrom(role), models, lifetimeMs, requestsPerSecond, burst };
}

export function formatToken(token: StoredToken): Token {
  const { id, name, role, models, requestsPerSecond, burst, madeAt, madeBy } = token;
  return {
    ...{ id, name, role: WIRE_ROLES[role], models: [...models], requestsPerSecond, burst, madeBy },
    madeAt: formatTime(madeAt),
    expiresAt: formatTimeOrNone(token.expiresAt),
    revokedAt: formatTimeOrNone(token.revokedAt),
    lastUsedAt: formatTimeOrNone(token.lastUsedAt),
  };
}

export function formatCaller({ name, role, models, tokenId }: Caller): WhoAmIReply {
  return { name, role: WIRE_ROLES[role], models: [...models], tokenId };
}

function roleFrom(wire: string): Role {
  for (const [role, name] of Object.entries(WIRE_ROLES)) if (name === wire) return role as Role;
  const message = `role is ${wire.slice(0, 64)}; give one of ${Object.values(WIRE_ROLES).join(', ')}`;
  throw new ServerError('invalid_argument', message);
}
