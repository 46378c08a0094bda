/** The transport's own errors: those that end a connection, and those that end one stream. */
import { CODE } from './frame.ts';
import type { AbuseKind } from './options.ts';

/** Ends the connection with a GOAWAY of this code. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: number;
  readonly kind: AbuseKind;

  constructor(code: number, kind: AbuseKind, message: string) {
    super(message);
    this.code = code;
    this.kind = kind;
  }
}

/** Resets one stream with this code; the connection goes on. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export function protocolError(message: string): ConnectionError {
  return new ConnectionError(CODE.protocolError, 'protocol', message);
}

export function frameSizeError(message: string): ConnectionError {
  return new ConnectionError(CODE.frameSizeError, 'protocol', message);
}

export function flowControlError(message: string): ConnectionError {
  return new ConnectionError(CODE.flowControlError, 'flow_control', message);
}
