/** Who may call Predict, as it lies on a serve process's disk: one JSON document, with hashes and no secrets. */
import type { KnownToken } from '../access/token.ts';
import { isJsonObject } from '../config/json.ts';

const FORMAT = 1;
const HASH = /^[0-9a-f]{64}$/;

export function callersToText(tokens: readonly KnownToken[]): string {
  const plain = tokens.map(({ id, name, hash, models, expiresAt, requestsPerSecond, burst }) => {
    const known = { id, name, hash: Buffer.from(hash).toString('hex'), models, requestsPerSecond, burst };
    return expiresAt === undefined ? known : { ...known, expiresAt };
  });
  return JSON.stringify({ format: FORMAT, tokens: plain });
}

/** undefined where it is anything else: a part of it could leave out a limit. */
export function callersFromText(text: string): readonly KnownToken[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isJsonObject(value) || value.format !== FORMAT || !Array.isArray(value.tokens)) return undefined;
    const tokens = value.tokens.map(tokenFrom);
    return tokens.every((token) => token !== undefined) ? tokens : undefined;
  } catch {
    return undefined;
  }
}

function tokenFrom(value: unknown): KnownToken | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, name, hash, models, expiresAt, requestsPerSecond, burst } = value;
  if (typeof id !== 'string' || typeof name !== 'string') return undefined;
  if (typeof hash !== 'string' || !HASH.test(hash)) return undefined;
  if (!isCount(requestsPerSecond) || !isCount(burst)) return undefined;
  if (expiresAt !== undefined && !isCount(expiresAt)) return undefined;
  if (!Array.isArray(models) || !models.every((model) => typeof model === 'string')) return undefined;
  return { id, name, hash: new Uint8Array(Buffer.from(hash, 'hex')), models, expiresAt, requestsPerSecond, burst };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
