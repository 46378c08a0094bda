/** How an error leaves the console's server: a status of HTTP, and the words that a gRPC caller would read. */
import { replyText } from '../cli/json-codec.ts';
import type { ErrorCode, ServerError } from '../domain/errors.ts';

const STATUS: Readonly<Record<ErrorCode, number>> = {
  cancelled: 499,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  unauthenticated: 401,
  resource_exhausted: 429,
  failed_precondition: 409,
  aborted: 409,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
};

export function httpStatusOf({ code }: ServerError): number {
  return STATUS[code];
}

export function errorText({ code, message }: ServerError): string {
  return replyText({ code, message });
}
