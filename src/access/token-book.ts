/** Tokens that are good, by their ids: finds the one that a header holds, and hashes each header once. */
import { type KnownToken, parseAuthorization } from './token.ts';

/** What the book needs of cryptography. */
export interface TokenHashing {
  /** sha256 of a token's secret: 256 random bits need no slow hash. */
  readonly hash: (secret: string) => Uint8Array;
  /** Takes as long whatever differs. */
  readonly isSame: (a: Uint8Array, b: Uint8Array) => boolean;
}

export const TOKEN_REFUSALS = ['missing', 'malformed', 'unknown', 'wrong_secret', 'expired'] as const;

/** Why a header lets nobody in. `unknown` are revoked ones too. */
export type TokenRefusal = (typeof TOKEN_REFUSALS)[number];

export type TokenVerdict<Token> = { readonly kind: 'good'; readonly token: Token } | { readonly kind: TokenRefusal };

export interface TokenBookOptions {
  readonly hashing: TokenHashing;
  /** Epoch ms. */
  readonly now: () => number;
  /** Headers that are known without hashing them: those that were used last, up to twice as many. */
  readonly maxRemembered?: number;
}

const MAX_REMEMBERED = 1024;

export class TokenBook<Token extends KnownToken> {
  readonly #options: TokenBookOptions;
  readonly #maxRemembered: number;
  #tokens: ReadonlyMap<string, Token> = new Map();
  /** Tokens by the header that was found to hold them. When the recent ones are many, they become the former ones. */
  #recent = new Map<string, Token>();
  #former = new Map<string, Token>();

  constructor(options: TokenBookOptions) {
    this.#options = options;
    this.#maxRemembered = options.maxRemembered ?? MAX_REMEMBERED;
  }

  get size(): number {
    return this.#tokens.size;
  }

  /** Why a token that was good is not any more; undefined = it still is. */
  whyGone(id: string): TokenRefusal | undefined {
    const token = this.#tokens.get(id);
    if (token === undefined) return 'unknown';
    return this.#isExpired(token) ? 'expired' : undefined;
  }

  /** These and no others are good from now on, also for headers that were looked at before. */
  replace(tokens: readonly Token[]): void {
    this.#tokens = new Map(tokens.map((token) => [token.id, token]));
    this.#recent = new Map();
    this.#former = new Map();
  }

  /** @param header The `authorization` metadata. */
  verify(header: string | undefined): TokenVerdict<Token> {
    if (header === undefined) return { kind: 'missing' };
    const verdict = this.#find(header);
    if (verdict.kind === 'good' && this.#isExpired(verdict.token)) return { kind: 'expired' };
    return verdict;
  }

  #find(header: string): TokenVerdict<Token> {
    const recent = this.#recent.get(header);
    if (recent !== undefined) return { kind: 'good', token: recent };
    const former = this.#former.get(header);
    const verdict: TokenVerdict<Token> = former === undefined ? this.#look(header) : { kind: 'good', token: former };
    if (verdict.kind === 'good') this.#remember(header, verdict.token);
    return verdict;
  }

  #look(header: string): TokenVerdict<Token> {
    const text = parseAuthorization(header);
    if (text === undefined) return { kind: 'malformed' };
    const token = this.#tokens.get(text.id);
    if (token === undefined) return { kind: 'unknown' };
    const { hash, isSame } = this.#options.hashing;
    return isSame(hash(text.secret), token.hash) ? { kind: 'good', token } : { kind: 'wrong_secret' };
  }

  #remember(header: string, token: Token): void {
    if (this.#recent.size >= this.#maxRemembered) {
      this.#former = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(header, token);
  }

  #isExpired({ expiresAt }: Token): boolean {
    return expiresAt !== undefined && this.#options.now() >= expiresAt;
  }
}
