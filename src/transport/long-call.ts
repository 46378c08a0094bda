/** Calls that go on for a while (watches, downloads, uploads), and the shape of the functions that answer them. */
import type { Call } from './call.ts';

export interface LongCall extends Call {
  /** Aborts when the caller has gone, its deadline has passed, or the server is shutting down. */
  readonly signal: AbortSignal;
}

/** Resolves once the caller can take more; rejects with CANCELLED when it never will. One at a time. */
export type Send<Reply> = (reply: Reply) => Promise<void>;

/** Sends replies until it resolves, which ends the stream in good order. What it throws reaches the caller. */
export type ServerStreamHandler<Request, Reply> = (
  request: Request,
  call: LongCall,
  send: Send<Reply>,
) => Promise<void>;

/** Takes messages until it resolves with the reply. Reading ahead of it is bounded. */
export type ClientStreamHandler<Request, Reply> = (messages: AsyncIterable<Request>, call: LongCall) => Promise<Reply>;
