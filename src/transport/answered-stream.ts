/** One bidirectional stream: its messages answered side by side, its replies sent as they are ready. */
import { toServerError } from '../domain/errors.ts';
import type { Call } from './call.ts';
import type { BytesStreamHandler, Parts } from './codec/parts.ts';
import type { DoorHooks } from './hooks.ts';
import type { OpenStreams } from './open-streams.ts';
import { STATUS_OF, STATUS_OK, toStatus } from './status.ts';

/** Messages of one stream that may be unanswered, or answered and not yet taken; reading pauses beyond. */
const MAX_UNANSWERED = 256;

const SHUTTING_DOWN = {
  code: STATUS_OF.unavailable,
  message: 'the server is shutting down; send the rest over a new stream',
};

/** The stream as a transport has it. */
export interface MessageStream {
  /** False: wait for `drained` before more. */
  send(parts: Parts): boolean;
  /** Ends the stream; also to be called once it is gone and nobody works for it any more. */
  end(status: { readonly code: number; readonly message?: string }): void;
  pause(): void;
  resume(): void;
}

export interface AnsweredStreamOptions {
  readonly call: Call;
  readonly handler: BytesStreamHandler;
  readonly hooks: DoorHooks;
  readonly openStreams: OpenStreams;
}

export class AnsweredStream {
  readonly #stream: MessageStream;
  readonly #options: AnsweredStreamOptions;
  #unanswered = 0;
  /** Of those, replies that were handed over and not yet taken. */
  #untaken = 0;
  #paused = false;
  /** The client has sent its last message. */
  #inputEnded = false;
  /** The server wants to be rid of the stream. */
  #leaving = false;
  /** Its end is told and counted. */
  #over = false;

  constructor(stream: MessageStream, options: AnsweredStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    options.openStreams.add(this);
  }

  message(bytes: Uint8Array): void {
    void this.#answer(bytes);
  }

  end(): void {
    this.#inputEnded = true;
    this.#endIfDone();
  }

  /** The caller has gone or its deadline has passed. */
  gone(): void {
    const { deadline } = this.#options.call;
    this.#close(performance.now() >= deadline ? STATUS_OF.deadline_exceeded : STATUS_OF.cancelled);
    this.#unanswered -= this.#untaken;
    this.#untaken = 0;
    if (this.#unanswered === 0) this.#stream.end({ code: STATUS_OF.cancelled });
  }

  drained(): void {
    this.#unanswered -= this.#untaken;
    this.#untaken = 0;
    this.#goOn();
  }

  /** Reads no more, answers what was read, then ends with UNAVAILABLE so that the client opens a stream elsewhere. */
  leave(): void {
    this.#leaving = true;
    this.#stream.pause();
    this.#endIfDone();
  }

  async #answer(bytes: Uint8Array): Promise<void> {
    this.#unanswered += 1;
    if (this.#unanswered >= MAX_UNANSWERED && !this.#paused) {
      this.#paused = true;
      this.#stream.pause();
    }
    const reply = await this.#replyTo(bytes);
    if (this.#over) {
      this.#unanswered -= 1;
      if (this.#unanswered === 0) this.#stream.end({ code: STATUS_OF.cancelled });
      return;
    }
    if (!this.#stream.send(reply)) {
      this.#untaken += 1;
      return;
    }
    this.#unanswered -= 1;
    this.#goOn();
  }

  #goOn(): void {
    if (this.#paused && !this.#leaving && !this.#over) {
      this.#paused = false;
      this.#stream.resume();
    }
    this.#endIfDone();
  }

  async #replyTo(bytes: Uint8Array): Promise<Parts> {
    const { call, handler, hooks } = this.#options;
    try {
      return await handler.answer(bytes, { ...call, receivedAt: performance.now() });
    } catch (caught) {
      const error = toServerError(caught);
      if (error.code === 'internal') hooks.reportFault(call.method, error);
      const { code, message } = toStatus(error);
      return handler.refuse(bytes, { code, message });
    }
  }

  #endIfDone(): void {
    if (this.#over || this.#unanswered > 0) return;
    if (this.#leaving) {
      this.#close(SHUTTING_DOWN.code);
      this.#stream.end(SHUTTING_DOWN);
    } else if (this.#inputEnded) {
      this.#close(STATUS_OK);
      this.#stream.end({ code: STATUS_OK });
    }
  }

  #close(code: number): void {
    if (this.#over) return;
    this.#over = true;
    const { call, openStreams, hooks } = this.#options;
    openStreams.delete(this);
    hooks.recordRpc(call.method, code, performance.now() - call.receivedAt);
  }
}
