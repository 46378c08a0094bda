/** The words of the request line: what a caller asks for and what comes back. */
import type { Tensor } from './tensor.ts';

/** Says whether anybody still waits. An AbortSignal is one; the queue only ever looks, so a door may do with less. */
export interface Cancellation {
  readonly aborted: boolean;
}

/** A call as every door hands it in. Instants are milliseconds of the monotonic clock (performance.now). */
export interface PredictRequest {
  /** The RPC that it came by, for traces: "sluice.v1.PredictService/Predict". */
  readonly method: string;
  readonly model: string;
  /** '' = the traffic policy, 'latest' = the newest ready version, 'alias:NAME', else a version's name. */
  readonly version: string;
  /** Same key, same version, as long as the weights stand; '' = random. */
  readonly routingKey: string;
  readonly inputs: readonly Tensor[];
  /** Names of the outputs wanted; empty = all. */
  readonly outputs: readonly string[];
  readonly receivedAt: number;
  /** Infinity when the caller set none. */
  readonly deadline: number;
  readonly signal: Cancellation;
  /** The caller's W3C trace context, undefined when it sent none. */
  readonly traceparent: string | undefined;
  /** The first value of the call's metadata under this lower-case key; undefined when it sent none. */
  readonly header: (key: string) => string | undefined;
}

/** How long the request took and with whom. Milliseconds. */
export interface Timings {
  /** From acceptance to dispatch to a lane. */
  readonly queueMs: number;
  /** From dispatch to the start of the run in the lane, and back: the batch's own overhead. */
  readonly hopMs: number;
  /** The model's run; shared by the whole batch. */
  readonly computeMs: number;
  /** Rows that ran together. */
  readonly batchRows: number;
}

export interface PredictReply {
  readonly model: string;
  readonly version: string;
  readonly outputs: readonly Tensor[];
  readonly timings: Timings;
  /** Of the traffic policy that was in force; 0 without a registry. */
  readonly epoch: number;
  /** The arm that the request fell into, "rule:NAME" where a rule decided; '' where it named its version. */
  readonly arm: string;
  /** '' without a registry. */
  readonly predictionId: string;
  /** The version in whose place this one answered; '' = it was to answer itself. */
  readonly failedOverFrom: string;
}
