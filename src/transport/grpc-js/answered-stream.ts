/** One bidirectional stream: its messages answered side by side, its replies written as they are ready. */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { toServerError } from '../../domain/errors.ts';
import type { StreamHandler } from '../call.ts';
import { STATUS_OF, STATUS_OK, toStatus } from '../status.ts';
import { MalformedMessage } from './codec.ts';
import type { DoorHooks } from './hooks.ts';
import { openCall, type OpenCall } from './open-call.ts';
import type { OpenStreams } from './open-streams.ts';

/** Messages of one stream that may be unanswered, or answered and not yet sent; reading pauses beyond. */
const MAX_UNANSWERED = 256;

const SHUTTING_DOWN = {
  code: STATUS_OF.unavailable,
  details: 'the server is shutting down; send the rest over a new stream',
};

export interface StreamOptions<Request, Reply> {
  /** `package.Service/Method`. */
  readonly method: string;
  readonly handler: StreamHandler<Request, Reply>;
  readonly hooks: DoorHooks;
  readonly openStreams: OpenStreams;
}

export class AnsweredStream<Request, Reply> {
  readonly #stream: ServerDuplexStream<Request | MalformedMessage, Reply>;
  readonly #options: StreamOptions<Request, Reply>;
  readonly #call: OpenCall;
  #unanswered = 0;
  /** The client has sent its last message. */
  #inputEnded = false;
  /** The server wants to be rid of the stream. */
  #leaving = false;
  #over = false;

  constructor(stream: ServerDuplexStream<Request | MalformedMessage, Reply>, options: StreamOptions<Request, Reply>) {
    this.#stream = stream;
    this.#options = options;
    this.#call = openCall(options.method, stream);
    stream.on('data', (message: Request | MalformedMessage) => void this.#answer(message));
    stream.on('end', () => {
      this.#inputEnded = true;
      this.#endIfDone();
    });
    stream.on('cancelled', () => {
      this.#close(this.#call.outcome(STATUS_OK));
    });
    options.openStreams.add(this);
  }

  /** Reads no more, answers what was read, then ends with UNAVAILABLE so that the client opens a stream elsewhere. */
  leave(): void {
    this.#leaving = true;
    this.#stream.pause();
    this.#endIfDone();
  }

  async #answer(message: Request | MalformedMessage): Promise<void> {
    this.#unanswered += 1;
    if (this.#unanswered >= MAX_UNANSWERED) this.#stream.pause();
    const reply = await this.#replyTo(message);
    // A write on a destroyed stream would be an error of its own.
    if (this.#over) return;
    this.#stream.write(reply, () => {
      this.#unanswered -= 1;
      if (!this.#leaving && this.#stream.isPaused()) this.#stream.resume();
      this.#endIfDone();
    });
  }

  async #replyTo(message: Request | MalformedMessage): Promise<Reply> {
    const { handler, hooks, method } = this.#options;
    if (message instanceof MalformedMessage) return handler.refuse(undefined, toStatus(message.error));
    try {
      return await handler.answer(message, { ...this.#call, receivedAt: performance.now() });
    } catch (caught) {
      const error = toServerError(caught);
      if (error.code === 'internal') hooks.reportFault(method, error);
      const { code, message: text } = toStatus(error);
      return handler.refuse(message, { code, message: text });
    }
  }

  #endIfDone(): void {
    if (this.#over || this.#unanswered > 0) return;
    if (this.#leaving) {
      this.#call.finish();
      this.#stream.emit('error', SHUTTING_DOWN);
      this.#close(SHUTTING_DOWN.code);
    } else if (this.#inputEnded) {
      this.#call.finish();
      this.#stream.end();
      this.#close(STATUS_OK);
    }
  }

  #close(code: number): void {
    if (this.#over) return;
    this.#over = true;
    const { openStreams, hooks, method } = this.#options;
    openStreams.delete(this);
    hooks.recordRpc(method, code, performance.now() - this.#call.receivedAt);
  }
}
