/** A call that failed, as the sentence and the exit code that the user gets. */
import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { CommandError, EXIT } from './exit.ts';
import { visible } from './render/ansi.ts';
import { span } from './render/time.ts';

export interface CallScene {
  readonly address: string;
  readonly timeoutMs: number;
  /** The server can be spoken to, so that what was said is its own word. */
  readonly isConnected: boolean;
}

/** Anything that is no failed call stays what it is. */
export function callFailure(caught: unknown, { address, timeoutMs, isConnected }: CallScene): unknown {
  if (!isServiceError(caught)) return caught;
  const details = visible(caught.details);
  switch (caught.code) {
    case status.UNAVAILABLE: {
      if (isConnected) return new CommandError(EXIT.refused, details, { cause: caught });
      const advice = 'is it running? "npm start" starts it, and --address names another';
      return new CommandError(EXIT.unreachable, `no admin process answers at ${address}; ${advice}`, { cause: caught });
    }
    case status.DEADLINE_EXCEEDED:
      return tooLate(address, timeoutMs);
    case status.UNIMPLEMENTED: {
      const advice = 'is it the admin port (50052 by default) and not the one for Predict?';
      return new CommandError(EXIT.refused, `${address} does not know this call (${details}); ${advice}`);
    }
    default:
      return new CommandError(EXIT.refused, details, { cause: caught });
  }
}

export function tooLate(address: string, timeoutMs: number): CommandError {
  const advice = 'a change may have been made all the same: look before you repeat it, or give a longer --timeout';
  return new CommandError(EXIT.unreachable, `${address} did not answer within ${span(timeoutMs)}; ${advice}`);
}

export function interrupted(): CommandError {
  return new CommandError(EXIT.interrupted, 'interrupted');
}

/** Nobody heard the call, or nobody answered it: it may be sent again. */
export function isUnavailable(caught: unknown): boolean {
  return isServiceError(caught) && caught.code === status.UNAVAILABLE;
}

function isServiceError(caught: unknown): caught is ServiceError {
  if (!(caught instanceof Error) || !('code' in caught) || !('details' in caught)) return false;
  return typeof caught.code === 'number' && typeof caught.details === 'string';
}
