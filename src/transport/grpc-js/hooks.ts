/** What a door tells the rest of the server about the calls that it answered. */
import type { ServerError } from '../../domain/errors.ts';

export interface DoorHooks {
  /** Once for each call that reached a handler: `package.Service/Method`, the gRPC status number, milliseconds. */
  readonly recordRpc: (method: string, code: number, ms: number) => void;
  /** An error that the caller was told as INTERNAL; its cause belongs in the log. */
  readonly reportFault: (method: string, error: ServerError) => void;
}
