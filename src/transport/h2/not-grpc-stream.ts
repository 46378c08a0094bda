/** The stream of a request that is not gRPC's: told in HTTP's own words what this port is. */
import type { CallHead } from './call-head.ts';
import { notGrpcBlock } from './response-heads.ts';
import { ServerStream, type StreamHost } from './server-stream.ts';

const TEXT = Buffer.from('This port speaks gRPC: POST with content-type application/grpc.\n');

/** Ends a stream with an empty DATA frame, where there are no trailers. */
const NO_TRAILERS = Buffer.alloc(0);

export class NotGrpcStream extends ServerStream {
  readonly holdsBack = false;
  readonly #block: Buffer;

  constructor(host: StreamHost, id: number, head: CallHead) {
    super(host, id, head);
    this.#block = notGrpcBlock(head.method === 'POST' ? '415' : '405');
  }

  begin(): void {
    // Answered once the request has ended, as HTTP's clients expect.
  }

  progressed(): void {
    // Nobody waits for it.
  }

  protected override body(): void {
    // It means nothing here.
  }

  protected deliver(): void {
    // It has no messages.
  }

  protected lastDelivered(): void {
    const { sender } = this.host;
    sender.headers(this.id, this.#block, false);
    this.localEnded = true;
    this.waiting.push(TEXT);
    this.ending = NO_TRAILERS;
    sender.enqueue(this, TEXT.length);
  }

  protected cutOff(): void {
    // No route has it.
  }
}
