/** The cryptography of tokens: makes their secrets, hashes them and compares hashes. */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { formatToken, type TokenText } from '../access/token.ts';
import type { TokenHashing } from '../access/token-book.ts';

const ID_BYTES = 8;
const SECRET_BYTES = 32;

export const TOKEN_HASHING: TokenHashing = {
  hash: hashSecret,
  isSame: (a, b) => a.byteLength === b.byteLength && timingSafeEqual(a, b),
};

export interface NewToken extends TokenText {
  /** To be shown once. */
  readonly text: string;
}

export function makeToken(): NewToken {
  const id = randomBytes(ID_BYTES).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { id, secret, text: formatToken({ id, secret }) };
}

/** What is kept of a token's secret. */
export function hashSecret(secret: string): Uint8Array {
  return hash('sha256', secret, 'buffer');
}
