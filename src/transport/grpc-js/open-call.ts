/** A grpc-js call as the services see it: instants of our clock, and a flag that says when nobody waits any more. */
import { X509Certificate } from 'node:crypto';
import type { Deadline, Metadata } from '@grpc/grpc-js';
import type { Call } from '../call.ts';
import { namesOf } from '../h2/peer.ts';
import { STATUS_OF } from '../status.ts';

/** What unary and streaming calls of grpc-js have in common. */
export interface GrpcCall {
  readonly metadata: Metadata;
  getDeadline(): Deadline;
  /** Where the call is hosted on our own transport, which knows them. */
  readonly certificateNames?: readonly string[];
  getAuthContext(): { readonly sslPeerCertificate?: { readonly raw: Uint8Array } };
  on(event: 'cancelled', listener: () => void): unknown;
}

export interface OpenCall extends Call {
  /** To be called before the last reply is handed over: grpc-js "cancels" every call once it is answered. */
  finish(): void;
  /** What it ended with for the caller: `own`, unless it had gone or its deadline had passed before. */
  outcome(own: number): number;
}

export function openCall(method: string, grpcCall: GrpcCall): OpenCall {
  const receivedAt = performance.now();
  const deadline = monotonic(grpcCall.getDeadline(), receivedAt);
  const signal = { aborted: false };
  let finished = false;
  let late = false;
  grpcCall.on('cancelled', () => {
    if (finished) return;
    signal.aborted = true;
    late = performance.now() >= deadline;
  });
  return {
    method,
    receivedAt,
    deadline,
    signal,
    traceparent: firstText(grpcCall.metadata, 'traceparent'),
    routingKey: firstText(grpcCall.metadata, 'x-sluice-routing-key') ?? '',
    certificateNames: grpcCall.certificateNames ?? certificateNames(grpcCall),
    header: (key) => firstText(grpcCall.metadata, key),
    finish: () => {
      finished = true;
    },
    outcome: (own) => {
      if (!signal.aborted) return own;
      return late ? STATUS_OF.deadline_exceeded : STATUS_OF.cancelled;
    },
  };
}

function monotonic(deadline: Deadline, now: number): number {
  const epoch = typeof deadline === 'number' ? deadline : deadline.getTime();
  return epoch === Infinity ? Infinity : now + (epoch - Date.now());
}

function certificateNames(grpcCall: GrpcCall): readonly string[] {
  const { sslPeerCertificate } = grpcCall.getAuthContext();
  return sslPeerCertificate === undefined ? [] : namesOf(new X509Certificate(sslPeerCertificate.raw));
}

function firstText(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}
