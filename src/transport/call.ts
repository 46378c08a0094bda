/** What a door knows of a call besides its message, and the shape of the functions that answer calls. */
import type { Caller } from '../access/gate.ts';
import type { Cancellation } from '../domain/predict.ts';

export interface Call {
  /** The RPC: "sluice.v1.PredictService/Predict". */
  readonly method: string;
  /** Milliseconds of the monotonic clock (performance.now), like `deadline`. */
  readonly receivedAt: number;
  /** Infinity when the caller set none. */
  readonly deadline: number;
  /** Says whether the caller has gone or its deadline has passed. */
  readonly signal: Cancellation;
  /** `traceparent` metadata, undefined when there was none. */
  readonly traceparent: string | undefined;
  /** `x-sluice-routing-key` metadata, '' when there was none. */
  readonly routingKey: string;
  /** Of the certificate that the caller showed and that was verified; empty where there was none. */
  readonly certificateNames: readonly string[];
  /** Who was let in; undefined where nobody is asked who they are. */
  readonly caller?: Caller;
  /** The first value of the metadata under this lower-case key, undefined when there is none. */
  readonly header: (key: string) => string | undefined;
}

/** Answers one message, or throws; ServerErrors reach the caller, anything else becomes INTERNAL. */
export type Handler<Request, Reply> = (request: Request, call: Call) => Reply | Promise<Reply>;
