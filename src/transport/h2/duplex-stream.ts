/** The stream of a call with many messages, in one direction or both. */
import type { CallHead } from './call-head.ts';
import { CODE } from './frame.ts';
import type { MetadataFields } from './metadata.ts';
import type { Status, StreamCall, StreamListener, StreamRoute } from './route.ts';
import { ServerStream, type StreamHost } from './server-stream.ts';
import { STATUS } from './status-codes.ts';

/** With more waiting to be sent, `send` says so. */
const HIGH_WATER_BYTES = 128 * 1024;

const MAX_TIMER_MS = 2 ** 31 - 1;

export class DuplexStream extends ServerStream implements StreamCall {
  listener: StreamListener | undefined;
  readonly #route: StreamRoute;
  /** Messages that came while the route wanted none. */
  #backlog: Buffer[] = [];
  #paused = false;
  #endTold = false;
  #wantsDrain = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: StreamHost, id: number, head: CallHead, route: StreamRoute) {
    super(host, id, head);
    this.#route = route;
  }

  get holdsBack(): boolean {
    return this.#paused || this.#backlog.length > 0;
  }

  begin(): void {
    this.working = true;
    if (this.deadline !== Infinity) {
      // Timers drop fractions of a millisecond, and may fire one early: never before the deadline.
      const ms = Math.min(MAX_TIMER_MS, Math.ceil(this.deadline - this.receivedAt) + 1);
      this.#timer = setTimeout(() => {
        this.#expire();
      }, ms);
    }
    this.#route.open(this);
  }

  sendInitial(fields: MetadataFields): void {
    if (!this.over && !this.localEnded) this.sendHead(fields);
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.over || this.localEnded || !this.sendMessage(parts, undefined)) return true;
    this.#wantsDrain = this.waitingBytes > HIGH_WATER_BYTES;
    return !this.#wantsDrain;
  }

  end(status: Status): void {
    if (!this.settle()) this.sendEnd(status);
  }

  abort(): void {
    this.working = false;
    this.close(CODE.enhanceYourCalm);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverBacklog();
  }

  progressed(): void {
    if (!this.#wantsDrain || this.waitingBytes > HIGH_WATER_BYTES / 2) return;
    this.#wantsDrain = false;
    this.listener?.drained();
  }

  protected deliver(bytes: Buffer): void {
    this.waitingSince = Infinity;
    if (this.holdsBack) {
      this.#backlog.push(bytes);
      return;
    }
    this.host.partials.release(this);
    this.listener?.message(bytes);
    this.host.partials.consumed(this);
  }

  protected lastDelivered(): void {
    if (this.holdsBack || this.#endTold) return;
    this.#endTold = true;
    this.listener?.end();
  }

  protected cutOff(): void {
    clearTimeout(this.#timer);
    this.#backlog = [];
    this.listener?.gone();
  }

  protected override sendEnd(status: Status): void {
    clearTimeout(this.#timer);
    // Not the route ends it: nobody waits for what the route still does.
    if (this.working) this.aborted = true;
    super.sendEnd(status);
  }

  #deliverBacklog(): void {
    while (!this.#paused && !this.over) {
      const next = this.#backlog.shift();
      if (next === undefined) break;
      this.listener?.message(next);
    }
    if (this.#paused || this.over) return;
    this.host.partials.release(this);
    this.host.partials.consumed(this);
    this.host.partials.arrived(this);
    if (this.remoteEnded && this.allUnpacked) this.lastDelivered();
  }

  #expire(): void {
    if (this.over || this.localEnded) return;
    this.dropWaiting();
    this.refuse(STATUS.deadlineExceeded, 'the deadline has passed');
  }
}
