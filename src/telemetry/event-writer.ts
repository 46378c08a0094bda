/** How events become lines of the log, for the files that have some. */
import { describeError } from '../domain/errors.ts';

/** Never throws. */
export type WriteEvent = (
  level: 'info' | 'warn' | 'error' | 'fatal',
  event: string,
  fields: object,
  message: string,
) => void;

/** `err` is what pino's serializer writes with stack and causes. */
export function causeFields(cause: unknown): object {
  if (cause === undefined) return {};
  return { err: cause instanceof Error ? cause : new Error(describeError(cause)) };
}
