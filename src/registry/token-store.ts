/** Tokens as the store keeps them: with the hash of their secret, and never the secret. */
import type { Role } from '../access/role.ts';
import type { KnownToken } from '../access/token.ts';

export interface StoredToken extends KnownToken {
  /** From 1 on, in the order in which they were made. */
  readonly number: number;
  readonly role: Role;
  readonly madeAt: number;
  readonly madeBy: string;
  /** undefined = it is good, unless it has expired. */
  readonly revokedAt: number | undefined;
  /** To the hour; undefined = never. */
  readonly lastUsedAt: number | undefined;
}

export interface TokenReader {
  token(id: string): Promise<StoredToken | undefined>;
  /** The newest first; `after` = a number. */
  tokens(
    filter: { readonly revokedToo: boolean },
    page: { readonly after?: number; readonly limit: number },
  ): Promise<readonly StoredToken[]>;
}

export interface TokenWriter {
  /** Inserts with the next number. */
  addToken(token: Omit<StoredToken, 'number' | 'revokedAt' | 'lastUsedAt'>): Promise<StoredToken>;
  revokeToken(id: string, at: number): Promise<void>;
  /** `at` is a full hour. */
  markTokenUsed(id: string, at: number): Promise<void>;
}
