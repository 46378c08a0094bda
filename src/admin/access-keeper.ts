/** Keeps who may call, in memory and in step with the registry: the gate's tokens, and those of the Predict port. */
import { AdminGate, type Refusal } from '../access/admin-gate.ts';
import type { Gate } from '../access/gate.ts';
import type { Role } from '../access/role.ts';
import { mayDo } from '../access/role.ts';
import type { KnownToken } from '../access/token.ts';
import { TokenBook } from '../access/token-book.ts';
import type { Store, StoreWriter } from '../registry/store.ts';
import { TOKEN_HASHING } from '../registry/token-secrets.ts';
import type { StoredToken } from '../registry/token-store.ts';

export interface AccessKeeperOptions {
  readonly store: Store;
  /** Epoch ms. */
  readonly now: () => number;
  /** By the names that client certificates are made for. */
  readonly clientRoles: ReadonlyMap<string, Role>;
  /** Whether only this machine reaches the Admin port. */
  readonly isLocal: boolean;
  readonly onRefusal: (reason: Refusal, method: string) => void;
  readonly onFault: (what: string, cause: unknown) => void;
}

/** Tokens that are not revoked; all of them are in memory here and in every serve process. */
export const MAX_TOKENS = 1000;
const HOUR_MS = 3_600_000;
/** Tokens that expire are found by the calls that they make; streams that they opened, as often as this. */
const REVIEW_MS = 500;

export class AccessKeeper {
  readonly #options: AccessKeeperOptions;
  readonly #book: TokenBook<StoredToken>;
  readonly #gate: AdminGate;
  readonly #listeners = new Set<() => void>();
  /** The hour in which each token is known to have been used. */
  readonly #usedAt = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #tokens: readonly StoredToken[] = [];
  #marking: Promise<void> = Promise.resolve();

  private constructor(options: AccessKeeperOptions) {
    const { now, clientRoles, isLocal, onRefusal } = options;
    this.#options = options;
    this.#book = new TokenBook({ hashing: TOKEN_HASHING, now });
    this.#gate = new AdminGate({
      book: this.#book,
      clientRoles,
      isLocal,
      onRefusal,
      onUse: ({ id }) => {
        this.#markUsed(id);
      },
    });
    this.#timer = setInterval(() => {
      this.#gate.review();
    }, REVIEW_MS).unref();
  }

  static async open(options: AccessKeeperOptions): Promise<AccessKeeper> {
    const keeper = new AccessKeeper(options);
    try {
      keeper.#replace(await options.store.tokens({ revokedToo: false }, { limit: MAX_TOKENS }));
      return keeper;
    } catch (caught) {
      await keeper.close();
      throw caught;
    }
  }

  get gate(): Gate {
    return this.#gate;
  }

  /** Whether anybody has an identity at all. */
  get hasIdentities(): boolean {
    return this.#tokens.length > 0 || this.#options.clientRoles.size > 0;
  }

  /** Those that may call Predict. */
  predictTokens(): readonly KnownToken[] {
    return this.#tokens.filter(({ role }) => mayDo(role, 'predict'));
  }

  /** Calls back when tokens were made or revoked. Returns the way to stop it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether somebody else than this token's holder can make tokens. */
  hasOtherAdmin(tokens: readonly StoredToken[], id: string): boolean {
    const now = this.#options.now();
    if ([...this.#options.clientRoles.values()].includes('admin')) return true;
    return tokens.some((token) => token.id !== id && isAdmin(token, now));
  }

  /** It was committed. */
  added(token: StoredToken): void {
    this.#replace([...this.#tokens, token]);
  }

  /** It was committed: nobody gets in with it from here on. */
  revoked(id: string): void {
    this.#usedAt.delete(id);
    this.#replace(this.#tokens.filter((token) => token.id !== id));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#marking;
  }

  #replace(tokens: readonly StoredToken[]): void {
    this.#tokens = tokens;
    this.#book.replace(tokens);
    this.#gate.review();
    for (const listener of [...this.#listeners]) listener();
  }

  /** Once an hour, whether it can be kept or not. */
  #markUsed(id: string): void {
    const { store, now, onFault } = this.#options;
    const hour = Math.floor(now() / HOUR_MS) * HOUR_MS;
    if (this.#usedAt.get(id) === hour) return;
    this.#usedAt.set(id, hour);
    this.#marking = this.#marking
      .then(() => store.transact((writer) => writer.markTokenUsed(id, hour)))
      .catch((caught: unknown) => {
        onFault(`that token ${id} was used could not be kept`, caught);
      });
  }
}

/** One who can make and revoke tokens. */
export function isAdmin({ role, models, expiresAt }: StoredToken, now: number): boolean {
  return mayDo(role, 'administer') && models.length === 0 && (expiresAt === undefined || expiresAt > now);
}

/** Those that are not revoked, as a transaction sees them. */
export function liveTokens(writer: StoreWriter): Promise<readonly StoredToken[]> {
  return writer.tokens({ revokedToo: false }, { limit: MAX_TOKENS });
}
