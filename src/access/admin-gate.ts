/** The gate as it decides: tokens first, then certificates; nobody has to say who they are while there is neither. */
import { ServerError } from '../domain/errors.ts';
import type { Caller, Credentials, Gate } from './gate.ts';
import { permissionOf } from './permissions.ts';
import { mayDo, type Role, rolesThatMay } from './role.ts';
import type { KnownToken } from './token.ts';
import type { TokenBook, TokenRefusal } from './token-book.ts';

export interface AdminToken extends KnownToken {
  readonly role: Role;
}

/** Why a call was refused: for counting. */
export type Refusal = TokenRefusal | 'no_role' | 'role' | 'model';

export interface AdminGateOptions {
  readonly book: TokenBook<AdminToken>;
  /** By the names that client certificates are made for. */
  readonly clientRoles: ReadonlyMap<string, Role>;
  /** Whether callers that this machine lets in need not say who they are while there are no identities. */
  readonly isLocal: boolean;
  /** A token let a call in. */
  readonly onUse: (token: AdminToken) => void;
  readonly onRefusal: (reason: Refusal, method: string) => void;
}

/** Who is let in where nobody has to say who they are. */
export const ANYBODY: Caller = Object.freeze({ name: '', role: 'admin', models: Object.freeze([]), tokenId: '' });

const HOW_TO = 'send "authorization: Bearer TOKEN" metadata (the command: --token, SLUICE_TOKEN or SLUICE_TOKEN_FILE)';

/** One sentence for tokens that are not known, wrong or revoked: which of them it is is nobody's business. */
const SENTENCES: Readonly<Record<TokenRefusal, string>> = {
  missing: `this call needs an identity; ${HOW_TO}, or a client certificate that has a role`,
  malformed: `the authorization metadata holds no token of this server; ${HOW_TO}`,
  unknown: 'the token is not one of this server, or was revoked; ask an admin for another one',
  wrong_secret: 'the token is not one of this server, or was revoked; ask an admin for another one',
  expired: 'the token has expired; ask an admin for another one',
};

function refusalOf(kind: TokenRefusal): ServerError {
  return new ServerError('unauthenticated', SENTENCES[kind]);
}

export class AdminGate implements Gate {
  readonly #options: AdminGateOptions;
  readonly #watchers = new Map<(reason: ServerError) => void, Caller>();

  constructor(options: AdminGateOptions) {
    this.#options = options;
  }

  /** Whether nobody has to say who they are. */
  get isOpen(): boolean {
    const { book, clientRoles, isLocal } = this.#options;
    return isLocal && book.size === 0 && clientRoles.size === 0;
  }

  async authorize(credentials: Credentials, method: string, model: string | (() => Promise<string>)): Promise<Caller> {
    if (this.isOpen) return ANYBODY;
    const caller = this.#identify(credentials, method);
    this.#checkRole(caller, method);
    const { subject } = permissionOf(method);
    if (caller.models.length === 0 || subject === 'self' || subject === 'own models') return caller;
    const asked = typeof model === 'string' ? model : await model();
    if (subject !== 'server' && caller.models.includes(asked)) return caller;
    const message =
      `"${caller.name}" is for ${modelsText(caller.models)} only and may not call ${shortName(method)}` +
      (subject === 'server' ? ', which is about all of them' : ' for another one, or for all; name one of them');
    throw this.#refused('model', method, new ServerError('permission_denied', message));
  }

  watch(caller: Caller, onEnd: (reason: ServerError) => void): () => void {
    this.#watchers.set(onEnd, caller);
    return () => this.#watchers.delete(onEnd);
  }

  /** Tells the watchers whose caller is let in no longer; to be called when tokens changed, and now and then. */
  review(): void {
    for (const [onEnd, caller] of [...this.#watchers]) {
      const why = this.#whyEnded(caller);
      if (why === undefined) continue;
      this.#watchers.delete(onEnd);
      onEnd(refusalOf(why));
    }
  }

  #checkRole({ name, role }: Caller, method: string): void {
    const { need, subject } = permissionOf(method);
    if (subject === 'self' || mayDo(role, need)) return;
    const message = `"${name}" is ${article(role)} and may not call ${shortName(method)}; it takes ${rolesText(need)}`;
    throw this.#refused('role', method, new ServerError('permission_denied', message));
  }

  #identify({ authorization, certificateNames }: Credentials, method: string): Caller {
    const { book, clientRoles, onUse } = this.#options;
    if (authorization === undefined) {
      const named = certificateNames.find((name) => clientRoles.has(name));
      const role = named === undefined ? undefined : clientRoles.get(named);
      if (named !== undefined && role !== undefined) return { name: named, role, models: [], tokenId: '' };
      if (certificateNames.length > 0) {
        const names = certificateNames.slice(0, 3).join(', ');
        const message = `the client certificate of ${names} has no role here; give it one with --client-roles, or ${HOW_TO}`;
        throw this.#refused('no_role', method, new ServerError('unauthenticated', message));
      }
    }
    const verdict = book.verify(authorization);
    if (verdict.kind !== 'good') throw this.#refused(verdict.kind, method, refusalOf(verdict.kind));
    const { token } = verdict;
    onUse(token);
    return { name: token.name, role: token.role, models: token.models, tokenId: token.id };
  }

  #refused(reason: Refusal, method: string, error: ServerError): ServerError {
    this.#options.onRefusal(reason, method);
    return error;
  }

  /** Roles of certificates stay as long as the process. */
  #whyEnded({ name, tokenId }: Caller): TokenRefusal | undefined {
    if (tokenId === '') return name === '' && !this.isOpen ? 'missing' : undefined;
    return this.#options.book.whyGone(tokenId);
  }
}

/** "Traffic/SetTraffic". */
function shortName(method: string): string {
  return method.slice(method.lastIndexOf('.') + 1);
}

function article(role: Role): string {
  return role === 'viewer' || role === 'caller' ? `a ${role}` : `an ${role}`;
}

function rolesText(need: Parameters<typeof rolesThatMay>[0]): string {
  return rolesThatMay(need).map(article).join(' or ');
}

/** Names enough to know what is meant. */
function modelsText(models: readonly string[]): string {
  const shown = models.slice(0, 3).map((model) => `"${model}"`);
  const rest = models.length - shown.length;
  return `${models.length === 1 ? 'model' : 'models'} ${shown.join(', ')}${rest > 0 ? ` and ${String(rest)} others` : ''}`;
}
