/** A call of the lean transport as the services see it. */
import type { Call } from '../call.ts';
import type { IncomingCall } from '../h2/route.ts';
import { STATUS_OF } from '../status.ts';

export class LeanCall implements Call {
  readonly method: string;
  readonly receivedAt: number;
  readonly deadline: number;
  readonly signal: { readonly aborted: boolean };
  readonly header: (key: string) => string | undefined;
  readonly traceparent: string | undefined;
  readonly routingKey: string;
  readonly certificateNames: readonly string[];

  constructor(method: string, { receivedAt, deadline, signal, metadata, peer }: IncomingCall) {
    this.method = method;
    this.receivedAt = receivedAt;
    this.deadline = deadline;
    this.signal = signal;
    this.header = metadata.getter;
    this.traceparent = metadata.get('traceparent');
    this.routingKey = metadata.get('x-sluice-routing-key') ?? '';
    this.certificateNames = peer.certificateNames;
  }

  /** What it ends with for the caller: `own`, unless it has gone or its deadline has passed. */
  outcome(own: number, now: number): number {
    if (now >= this.deadline) return STATUS_OF.deadline_exceeded;
    return this.signal.aborted ? STATUS_OF.cancelled : own;
  }
}
