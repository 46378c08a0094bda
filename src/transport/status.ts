/** How an error leaves the server: the only place where our error codes become gRPC status numbers. */
import { ERROR_CODES, type ErrorCode, type ServerError } from '../domain/errors.ts';

/** Numbers of the gRPC status codes; OK is 0. */
export const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  cancelled: 1,
  invalid_argument: 3,
  deadline_exceeded: 4,
  not_found: 5,
  already_exists: 6,
  permission_denied: 7,
  resource_exhausted: 8,
  failed_precondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  data_loss: 15,
  unauthenticated: 16,
};

export const STATUS_OK = 0;

/** The outcome that a status number stands for; numbers that Sluice never sends count as internal. */
export function outcomeOf(status: number): 'ok' | ErrorCode {
  if (status === STATUS_OK) return 'ok';
  return CODE_OF.get(status) ?? 'internal';
}

const CODE_OF: ReadonlyMap<number, ErrorCode> = new Map(ERROR_CODES.map((code) => [STATUS_OF[code], code]));

/** Metadata that asks clients with a retry policy to stay away for a moment. */
export const RETRY_PUSHBACK = 'grpc-retry-pushback-ms';

/** Long enough to let a full queue empty, short enough for a caller that waits. Milliseconds. */
const RETRY_PUSHBACK_MS = 100;

/** The message travels percent-encoded in a header, and clients refuse headers beyond 8 KiB. */
const MAX_MESSAGE_CHARACTERS = 900;

export interface WireStatus {
  readonly code: number;
  readonly message: string;
  /** Milliseconds; undefined where a retry needs no advice. */
  readonly retryPushbackMs: number | undefined;
}

/** What the caller is told. The cause stays here: only the log sees it. */
export function toStatus(error: ServerError): WireStatus {
  const retryPushbackMs = error.code === 'resource_exhausted' ? (error.retryAfterMs ?? RETRY_PUSHBACK_MS) : undefined;
  return { code: STATUS_OF[error.code], message: headerText(error.message), retryPushbackMs };
}

/** Text that percent-encoding cannot fail on: a lone surrogate, perhaps from a caller's tensor name, would throw. */
function headerText(text: string): string {
  const short = text.length > MAX_MESSAGE_CHARACTERS ? `${text.slice(0, MAX_MESSAGE_CHARACTERS)}…` : text;
  return short.toWellFormed();
}
