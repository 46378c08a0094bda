/** The gate of the Admin port: who calls, and whether they may. */
import type { ServerError } from '../domain/errors.ts';
import type { Role } from './role.ts';

/** What a call brings to say who it is from. */
export interface Credentials {
  /** The `authorization` metadata; it holds a secret. */
  readonly authorization: string | undefined;
  /** Subject alternative names of the client certificate that was verified; none without one. */
  readonly certificateNames: readonly string[];
}

/** Whoever calls, once that is known. */
export interface Caller {
  /** '' where nobody has to say who they are. */
  readonly name: string;
  readonly role: Role;
  /** The only models that it may see and change; none = all. */
  readonly models: readonly string[];
  /** The id of the token that it came with; '' = it came with a certificate, or with nothing. */
  readonly tokenId: string;
}

export interface Gate {
  /**
   * @param method "sluice.admin.v1.Traffic/SetTraffic".
   * @param model That the request is about, or how to find it, which is asked for where it matters; '' = none, or all.
   * @throws ServerError unauthenticated or permission_denied, with what to do about it.
   */
  authorize(credentials: Credentials, method: string, model: string | (() => Promise<string>)): Promise<Caller>;
  /** For what goes on for a while: calls back once the caller is let in no longer. Returns the way to stop it. */
  watch(caller: Caller, onEnd: (reason: ServerError) => void): () => void;
}
