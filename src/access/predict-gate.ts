/** The gate of the Predict port: which token a call came with, for which models, and how many more it may make. */
import { ServerError } from '../domain/errors.ts';
import type { Caller } from './gate.ts';
import type { KnownToken } from './token.ts';
import { TokenBook, type TokenHashing, type TokenRefusal } from './token-book.ts';
import { TokenBucket } from './token-bucket.ts';

export type PredictRefusal = TokenRefusal | 'rate' | 'not_ready';

/** What a token is known as, and whom it lets in. */
type PredictToken = KnownToken & Caller;

export interface PredictGateOptions {
  readonly hashing: TokenHashing;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onRefusal: (reason: PredictRefusal) => void;
  /** A call was let in. */
  readonly onCall: (name: string) => void;
}

const HOW_TO = 'send "authorization: Bearer TOKEN" metadata';
const SENTENCES: Readonly<Record<TokenRefusal, string>> = {
  missing: `this server takes calls with a token only; ${HOW_TO}`,
  malformed: `the authorization metadata holds no token of this server; ${HOW_TO}`,
  unknown: 'the token may not call Predict, is not one of this server, or was revoked; ask an admin for another one',
  wrong_secret:
    'the token may not call Predict, is not one of this server, or was revoked; ask an admin for another one',
  expired: 'the token has expired; ask an admin for another one',
};

export class PredictGate {
  readonly #options: PredictGateOptions;
  readonly #book: TokenBook<PredictToken>;
  readonly #buckets = new Map<string, { readonly token: KnownToken; readonly bucket: TokenBucket }>();
  /** Until the admin process has said who may call, or the disk has, nobody may. */
  #isReady = false;

  constructor(options: PredictGateOptions) {
    this.#options = options;
    this.#book = new TokenBook(options);
  }

  /** These may call from now on, and no others. Who keeps its limit keeps what it has left of it. */
  replace(tokens: readonly KnownToken[]): void {
    this.#isReady = true;
    // On this port they are callers, whatever else they may do.
    this.#book.replace(tokens.map((token) => ({ ...token, role: 'caller', tokenId: token.id })));
    const kept = new Set<string>();
    for (const token of tokens) if (isSameLimit(this.#buckets.get(token.id)?.token, token)) kept.add(token.id);
    for (const id of this.#buckets.keys()) if (!kept.has(id)) this.#buckets.delete(id);
  }

  /**
   * @param header The `authorization` metadata.
   * @param now Monotonic milliseconds.
   * @throws ServerError unauthenticated, resource_exhausted, or unavailable while nobody knows yet who may call.
   */
  admit(header: string | undefined, now: number): Caller {
    if (!this.#isReady) {
      const message = 'this process has not heard yet from the admin process who may call; try again in a moment';
      throw this.#refused('not_ready', new ServerError('unavailable', message));
    }
    const verdict = this.#book.verify(header);
    if (verdict.kind !== 'good') {
      throw this.#refused(verdict.kind, new ServerError('unauthenticated', SENTENCES[verdict.kind]));
    }
    const { token } = verdict;
    if (token.requestsPerSecond > 0) this.#checkRate(token, now);
    this.#options.onCall(token.name);
    return token;
  }

  #checkRate(token: KnownToken, now: number): void {
    let limited = this.#buckets.get(token.id);
    if (limited === undefined) {
      limited = { token, bucket: new TokenBucket(token, now) };
      this.#buckets.set(token.id, limited);
    }
    const waitMs = limited.bucket.take(now);
    if (waitMs === 0) return;
    const { name, requestsPerSecond } = token;
    // Fractions add up with a small error, which is no millisecond.
    const retryAfterMs = Math.ceil(waitMs - 1e-6);
    const message = `"${name}" makes more than ${requestsPerSecond} calls per second here; try again in ${retryAfterMs} ms`;
    throw this.#refused('rate', new ServerError('resource_exhausted', message, { retryAfterMs }));
  }

  #refused(reason: PredictRefusal, error: ServerError): ServerError {
    this.#options.onRefusal(reason);
    return error;
  }
}

function isSameLimit(former: KnownToken | undefined, token: KnownToken): boolean {
  return former?.requestsPerSecond === token.requestsPerSecond && former.burst === token.burst;
}
