/** What frames act on: a connection, as those who read its frames see it. */
import type { StreamError } from './errors.ts';
import type { AbuseKind } from './options.ts';
import type { Outbox } from './outbox.ts';
import type { Overhead } from './overhead.ts';
import type { Routes } from './route.ts';
import type { StreamHost } from './server-stream.ts';
import type { Streams } from './streams.ts';

export interface InboundHost extends StreamHost {
  readonly routes: Routes;
  readonly outbox: Outbox;
  readonly streams: Streams;
  readonly overhead: Overhead;
  /** The connection takes no new calls; those that come are told to go elsewhere. */
  readonly refusesStreams: boolean;
  /** Resets a stream that may not be open, and remembers that it did. */
  reset(id: number, code: number): void;
  /** Ends the stream, if it is open, for a rule that the other side broke. */
  streamError(id: number, error: StreamError): void;
  /** Takes from the account of overhead; throws ConnectionError, of this kind, once it is empty. */
  spend(cost: number, kind?: AbuseKind): void;
  pingAnswered(payload: Buffer): void;
}
