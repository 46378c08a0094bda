/** The closed list of what can go wrong, and the one error class that carries it to a door. */

/** Each code is one gRPC status; the map to numbers lives at the door (transport/status.ts). */
export const ERROR_CODES = [
  /** The request is wrong whatever the state of the server. */
  'invalid_argument',
  /** No such model, version or alias. */
  'not_found',
  /** It exists but cannot answer now; retrying elsewhere or later may work. */
  'unavailable',
  /** A limit was reached: queue, bytes, message size. Retry with back-off. */
  'resource_exhausted',
  'deadline_exceeded',
  'cancelled',
  /** It would make a second thing of a name that can have one only. */
  'already_exists',
  /** The state of things does not allow it; another call has to come first. */
  'failed_precondition',
  /** Somebody else changed it meanwhile: read it and decide again. */
  'aborted',
  /** Nobody knows who calls: no credentials came, or none that hold. */
  'unauthenticated',
  /** It is known who calls, and they may not. */
  'permission_denied',
  /** Stored bytes are gone or are not what they were. */
  'data_loss',
  'unimplemented',
  /** A fault of the server or the model. */
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error with a code that a caller can act on, and a message that says what to do. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ErrorCode;
  /** When to try again; undefined = nobody can tell. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; retryAfterMs?: number }) {
    const { stackTraceLimit } = Error;
    // Most of these are answers, not faults; under overload their stack traces would cost more than the refusal.
    if (code !== 'internal') Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** The only way a caught value becomes an error: unknown values are internal, and keep their cause for the log. */
export function toServerError(caught: unknown): ServerError {
  if (caught instanceof ServerError) return caught;
  return new ServerError('internal', 'the server failed to handle the request; its log has the cause', {
    cause: caught,
  });
}

/** One line about any caught value, for logs and state reasons. */
export function describeError(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}
