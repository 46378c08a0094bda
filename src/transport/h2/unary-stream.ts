/** The stream of a unary call: one message, one answer. */
import type { CallHead } from './call-head.ts';
import { OK_TRAILERS, trailerBlock } from './response-heads.ts';
import type { ReplyMetadata, Status, UnaryCall, UnaryRoute } from './route.ts';
import { ServerStream, type StreamHost } from './server-stream.ts';
import { STATUS } from './status-codes.ts';

export class UnaryStream extends ServerStream implements UnaryCall {
  readonly holdsBack = false;
  readonly #route: UnaryRoute;
  #message: Buffer | undefined;

  constructor(host: StreamHost, id: number, head: CallHead, route: UnaryRoute) {
    super(host, id, head);
    this.#route = route;
    this.waitingSince = this.receivedAt;
  }

  begin(): void {
    // The route wants the message.
  }

  reply(parts: readonly Uint8Array[], metadata?: ReplyMetadata): void {
    if (this.settle() || !this.sendMessage(parts, metadata?.initial)) return;
    const trailing = metadata?.trailing;
    this.endAfterMessage(trailing === undefined ? OK_TRAILERS : trailerBlock({ code: STATUS.ok, trailing }));
  }

  fail(status: Status): void {
    if (!this.settle()) this.sendEnd(status);
  }

  progressed(): void {
    // Nobody waits for it.
  }

  protected deliver(bytes: Buffer): void {
    if (this.#message !== undefined) {
      this.refuse(STATUS.internal, 'a unary call has one message, and more than one came');
      return;
    }
    this.#message = bytes;
    if (!this.remoteEnded) this.host.partials.letEnd(this);
  }

  protected lastDelivered(): void {
    const message = this.#message;
    this.#message = undefined;
    if (message === undefined) {
      this.refuse(STATUS.internal, 'a unary call has one message, and none came');
      return;
    }
    this.host.partials.release(this);
    this.working = true;
    this.#route.answer(message, this);
  }

  protected cutOff(): void {
    this.#message = undefined;
  }
}
