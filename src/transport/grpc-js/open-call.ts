/** A grpc-js call as the services see it: instants of our clock, and a signal that says when nobody waits any more. */
import type { Deadline, Metadata } from '@grpc/grpc-js';
import { ServerError } from '../../domain/errors.ts';
import type { Call } from '../call.ts';

/** What unary and streaming calls of grpc-js have in common. */
export interface GrpcCall {
  readonly metadata: Metadata;
  getDeadline(): Deadline;
  on(event: 'cancelled', listener: () => void): unknown;
}

export interface OpenCall extends Call {
  /** To be called before the last reply is handed over: grpc-js "cancels" every call once it is answered. */
  finish(): void;
}

const GONE = new ServerError('cancelled', 'the caller cancelled the call');
const LATE = new ServerError('deadline_exceeded', 'the deadline passed before the answer was there; allow more time');

export function openCall(method: string, grpcCall: GrpcCall): OpenCall {
  const receivedAt = performance.now();
  const deadline = monotonic(grpcCall.getDeadline(), receivedAt);
  const controller = new AbortController();
  let finished = false;
  grpcCall.on('cancelled', () => {
    if (!finished) controller.abort(performance.now() < deadline ? GONE : LATE);
  });
  return {
    method,
    receivedAt,
    deadline,
    signal: controller.signal,
    traceparent: firstText(grpcCall.metadata, 'traceparent'),
    routingKey: firstText(grpcCall.metadata, 'x-sluice-routing-key') ?? '',
    finish: () => {
      finished = true;
    },
  };
}

function monotonic(deadline: Deadline, now: number): number {
  const epoch = typeof deadline === 'number' ? deadline : deadline.getTime();
  return epoch === Infinity ? Infinity : now + (epoch - Date.now());
}

function firstText(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}
