/** A call that failed, as the sentence and the exit code that the user gets. */
import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { CommandError, EXIT } from './exit.ts';
import { visible } from './render/ansi.ts';
import { span } from './render/time.ts';

/** Which of a server's two ports a call goes to, in the words of advice. */
const PORTS = {
  admin: {
    process: 'admin process',
    flag: '--address',
    advice: 'is it the admin port (50052 by default) and not the one for Predict?',
  },
  predict: {
    process: 'serve process',
    flag: '--predict-address',
    advice: 'is it the port for Predict (50051 by default) and not the admin port?',
  },
} as const;
export type Port = keyof typeof PORTS;

export interface CallScene {
  readonly address: string;
  readonly port: Port;
  readonly timeoutMs: number;
  /** The server can be spoken to, so that what was said is its own word. */
  readonly isConnected: boolean;
}

/** Anything that is no failed call stays what it is. */
export function callFailure(caught: unknown, { address, port, timeoutMs, isConnected }: CallScene): unknown {
  if (!isServiceError(caught)) return caught;
  const details = visible(caught.details);
  switch (caught.code) {
    case status.UNAVAILABLE: {
      if (isConnected) return new CommandError(EXIT.refused, details, { cause: caught });
      const { process, flag } = PORTS[port];
      const trouble = tlsTrouble(details);
      if (trouble !== undefined) {
        return new CommandError(EXIT.unreachable, `the ${process} at ${address} ${trouble}`, { cause: caught });
      }
      const advice = `is it running? "npm start" starts it, and ${flag} names another`;
      return new CommandError(EXIT.unreachable, `no ${process} answers at ${address}; ${advice}`, { cause: caught });
    }
    case status.DEADLINE_EXCEEDED:
      return tooLate(address, timeoutMs);
    case status.UNIMPLEMENTED:
      return new CommandError(EXIT.refused, `${address} does not know this call (${details}); ${PORTS[port].advice}`);
    default:
      return new CommandError(EXIT.refused, details, { cause: caught });
  }
}

/** What grpc-js says where somebody listens, and the two do not come to speak with each other. */
const TLS_TROUBLES: readonly (readonly [RegExp, string])[] = [
  [/SSL alert number/, 'does not take the certificate; give one that it trusts with --cert and --cert-key'],
  [/before secure TLS/, 'does not speak TLS, as it seems; leave --ca out'],
  [/^Failed to connect/, 'hangs up; give --ca where it speaks TLS'],
];

/** undefined: nobody listens, or there is no telling. */
function tlsTrouble(details: string): string | undefined {
  const [, cause] =
    /Last error: (?:Error(?: \[\w+\])?: )?(.*?)(?: \([\d-]+T[^)]*\))?\. Resolution note/s.exec(details) ?? [];
  if (cause === undefined) return undefined;
  const [, known] = TLS_TROUBLES.find(([pattern]) => pattern.test(cause)) ?? [];
  if (known !== undefined) return known;
  return /certificate/i.test(cause) ? `shows a certificate that --ca does not vouch for: ${cause}` : undefined;
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
