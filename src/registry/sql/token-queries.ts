/** Statements about tokens. */
import { ROLES } from '../../access/role.ts';
import type { StoredToken, TokenReader, TokenWriter } from '../token-store.ts';
import { Columns } from './columns-codec.ts';
import { Conditions } from './conditions.ts';
import type { Queries, Row } from './database.ts';

const SELECT_TOKEN = `
  SELECT number, id, name, role, models, hash, requests_per_second, burst, made_at, made_by, expires_at, revoked_at,
    last_used_at
  FROM tokens`;

export async function selectToken(queries: Queries, id: string): Promise<StoredToken | undefined> {
  const [row] = await queries.all(`${SELECT_TOKEN} WHERE id = $1`, [id]);
  return row && tokenFrom(row);
}

export async function selectTokens(
  queries: Queries,
  { revokedToo }: Parameters<TokenReader['tokens']>[0],
  { after, limit }: Parameters<TokenReader['tokens']>[1],
): Promise<readonly StoredToken[]> {
  const conditions = new Conditions();
  if (!revokedToo) conditions.addText('revoked_at IS NULL');
  conditions.add('number <', after);
  const limited = conditions.bind(limit);
  const sql = `${SELECT_TOKEN} ${conditions.where} ORDER BY number DESC LIMIT ${limited}`;
  return (await queries.all(sql, conditions.values)).map(tokenFrom);
}

/** With the number after the greatest: tokens are never deleted. */
export async function insertToken(
  queries: Queries,
  token: Parameters<TokenWriter['addToken']>[0],
): Promise<StoredToken> {
  const [row] = await queries.all('SELECT COALESCE(MAX(number), 0) + 1 AS next FROM tokens');
  const number = new Columns('tokens', 'next', row ?? {}).integer('next');
  const { id, name, role, models, hash, requestsPerSecond, burst, madeAt, madeBy, expiresAt } = token;
  await queries.run(
    `INSERT INTO tokens (number, id, name, role, models, hash, requests_per_second, burst, made_at, made_by, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[number, id, name, role, JSON.stringify(models), hash],
      ...[requestsPerSecond, burst, madeAt, madeBy, expiresAt ?? null],
    ],
  );
  return { ...token, number, revokedAt: undefined, lastUsedAt: undefined };
}

export async function updateTokenRevoked(queries: Queries, id: string, at: number): Promise<void> {
  await queries.run('UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL', [id, at]);
}

export async function updateTokenUsed(queries: Queries, id: string, at: number): Promise<void> {
  const sql = 'UPDATE tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)';
  await queries.run(sql, [id, at]);
}

function tokenFrom(row: Row): StoredToken {
  const columns = new Columns('tokens', ['id'], row);
  return {
    number: columns.integer('number'),
    id: columns.text('id'),
    name: columns.text('name'),
    role: columns.oneOf('role', ROLES),
    models: columns.list('models').map(String),
    hash: columns.bytes('hash'),
    requestsPerSecond: columns.integer('requests_per_second'),
    burst: columns.integer('burst'),
    madeAt: columns.integer('made_at'),
    madeBy: columns.text('made_by'),
    expiresAt: columns.optionalInteger('expires_at'),
    revokedAt: columns.optionalInteger('revoked_at'),
    lastUsedAt: columns.optionalInteger('last_used_at'),
  };
}
