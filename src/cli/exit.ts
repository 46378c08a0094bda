/** How a command ends: exit codes that scripts can rely on, and the error that carries one with its sentence. */

export const EXIT = {
  done: 0,
  /** The answer is no: rejected, unhealthy, broken, drifted, not promoted, not applied in time. */
  no: 1,
  /** Wrong arguments, or a file here that cannot be read or written. */
  usage: 2,
  /** Too few requests to tell. */
  insufficient: 3,
  /** The server refused; its sentence says why. */
  refused: 4,
  unreachable: 5,
  /** As shells say it of a command that Ctrl-C ended. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function usageError(message: string): CommandError {
  return new CommandError(EXIT.usage, message);
}
