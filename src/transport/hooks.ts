/** What a door tells the rest of the server about the calls that it answered. */
import type { ServerError } from '../domain/errors.ts';
import type { AbuseKind } from './h2/options.ts';

export interface DoorHooks {
  /** Once for each call that reached a handler: `package.Service/Method`, the gRPC status number, milliseconds. */
  readonly recordRpc: (method: string, code: number, ms: number) => void;
  /** A connection or a call hit a limit of our own transport, or broke a rule of HTTP/2. */
  readonly recordLimit: (kind: AbuseKind) => void;
  /** An error that the caller was told as INTERNAL; its cause belongs in the log. */
  readonly reportFault: (method: string, error: ServerError) => void;
}
