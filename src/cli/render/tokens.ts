/** Tokens and identities for people. */
import type { Role } from '../../access/role.ts';
import type { Token__Output as Token } from '../../transport/gen/sluice/admin/v1/Token.ts';
import type { WhoAmIReply__Output as WhoAmIReply } from '../../transport/gen/sluice/admin/v1/WhoAmIReply.ts';
import { optionalMs } from '../wire.ts';
import { visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { tableLines } from './table.ts';
import { ago, lasting } from './time.ts';

const HOUR_MS = 3_600_000;

export const WIRE_ROLES = {
  viewer: 'VIEWER',
  operator: 'OPERATOR',
  approver: 'APPROVER',
  admin: 'ADMIN',
  caller: 'CALLER',
} as const satisfies Record<Role, string>;

export function tokenTable(tokens: readonly Token[], look: Look): readonly string[] {
  if (tokens.length === 0) return ['There are no tokens; "sluice token create NAME --role admin" makes the first.'];
  return tableLines(
    {
      columns: [
        { title: 'ID' },
        { title: 'NAME', atLeast: 8 },
        { title: 'ROLE' },
        { title: 'MODELS', atLeast: 6 },
        { title: 'RATE', align: 'right', optional: true },
        { title: 'MADE', align: 'right', optional: true },
        { title: 'BY', atLeast: 6, optional: true },
        { title: 'USED', align: 'right' },
        { title: 'GOOD FOR', align: 'right' },
      ],
      rows: tokens.map((token) => [
        token.id,
        token.name,
        roleName(token.role),
        token.models.length === 0 ? 'all' : token.models.join(','),
        token.requestsPerSecond === 0 ? '' : `${token.requestsPerSecond}/s`,
        ago(optionalMs(token.madeAt), look.now),
        token.madeBy,
        used(optionalMs(token.lastUsedAt), look.now),
        goodFor(token, look.now),
      ]),
    },
    look,
  );
}

/** It is known to the hour. */
function used(hour: number | undefined, now: number): string {
  if (hour === undefined) return 'never';
  return now - hour < HOUR_MS ? 'this hour' : ago(hour, now);
}

function goodFor({ revokedAt, expiresAt }: Token, now: number): string {
  if (revokedAt !== null) return 'revoked';
  const end = optionalMs(expiresAt);
  if (end === undefined) return 'ever';
  return end <= now ? 'expired' : lasting(end - now);
}

/** Who one is, in a sentence. */
export function accessLine({ name, role, models, tokenId }: WhoAmIReply): string {
  if (name === '') return 'Nobody has to say who they are here; you may do everything.';
  const scope = models.length === 0 ? 'all models' : models.join(', ');
  const how = tokenId === '' ? 'by your certificate' : `by token ${tokenId}`;
  return visible(`You are ${name}, ${roleName(role)} for ${scope}, ${how}.`);
}

function roleName(wire: string): string {
  return wire.toLowerCase();
}
