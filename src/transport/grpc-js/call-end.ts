/** A grpc-js call that goes on for a while: an AbortSignal instead of a flag, and one end. */
import { toServerError } from '../../domain/errors.ts';
import type { LongCall } from '../long-call.ts';
import { STATUS_OK, toStatus, type WireStatus } from '../status.ts';
import type { DoorHooks } from '../hooks.ts';
import { type GrpcCall, type OpenCall, openCall } from './open-call.ts';

/** The latch of one call: whatever ends it first is what is told and counted. */
export class CallEnd {
  readonly call: LongCall;
  readonly #open: OpenCall;
  readonly #hooks: DoorHooks;
  readonly #controller = new AbortController();
  #over = false;

  /** `onGone` is called when the caller leaves before the end. */
  constructor(method: string, grpcCall: GrpcCall, hooks: DoorHooks, onGone: () => void) {
    this.#open = openCall(method, grpcCall);
    this.#hooks = hooks;
    this.call = { ...this.#open, signal: this.#controller.signal };
    grpcCall.on('cancelled', () => {
      if (this.#settle(this.#open.outcome(STATUS_OK))) onGone();
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** To be called before the end is handed to grpc-js. False: it has ended before. */
  succeed(): boolean {
    return this.#finish(STATUS_OK);
  }

  /** The status to tell; undefined: it has ended before, and nobody is to be told. */
  fail(caught: unknown): WireStatus | undefined {
    const error = toServerError(caught);
    const status = toStatus(error);
    if (!this.#finish(status.code)) return undefined;
    if (error.code === 'internal') this.#hooks.reportFault(this.call.method, error);
    return status;
  }

  #finish(code: number): boolean {
    if (this.#over) return false;
    this.#open.finish();
    return this.#settle(this.#open.outcome(code));
  }

  #settle(code: number): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#hooks.recordRpc(this.call.method, code, performance.now() - this.call.receivedAt);
    this.#controller.abort();
    return true;
  }
}
