/** The face of tracing: what the request line tells about itself, whoever listens. Instants are monotonic ms. */
import type { ErrorCode } from './errors.ts';
import type { Timings } from './predict.ts';

export type Outcome = 'ok' | ErrorCode;

export interface Tracing {
  /** undefined when the request is not sampled. */
  request(start: RequestStart): RequestTrace | undefined;
  /** At dispatch, once per batch, with the traces of its sampled members; undefined when there is none. */
  batch(start: BatchStart): BatchTrace | undefined;
}

export interface RequestStart {
  readonly traceparent: string | undefined;
  /** Fully qualified: "sluice.v1.PredictService/Predict". */
  readonly method: string;
  readonly model: string;
  readonly receivedAt: number;
}

export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

export interface RequestTrace extends SpanIds {
  /** Once, when the reply is known. */
  finish(end: RequestEnd): void;
}

export interface RequestEnd {
  /** The version that answered; '' when none was found. */
  readonly version: string;
  readonly outcome: Outcome;
  readonly endedAt: number;
  /** undefined when the request did not reach a lane. */
  readonly timings: Timings | undefined;
  readonly batch: BatchTrace | undefined;
}

export interface BatchStart {
  readonly model: string;
  readonly version: string;
  readonly rows: number;
  readonly dispatchedAt: number;
  readonly members: readonly RequestTrace[];
}

export interface BatchTrace extends SpanIds {
  /** Once, when the lane has answered. */
  finish(end: BatchEnd): void;
}

export interface BatchEnd {
  readonly endedAt: number;
  readonly hopMs: number;
  readonly computeMs: number;
  readonly outcome: Outcome;
}

/** The trace of nothing: when no spans are exported. */
export const noTracing: Tracing = { request: () => undefined, batch: () => undefined };
