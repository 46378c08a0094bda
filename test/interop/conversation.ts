/** A streaming call as an async iteration over its messages, for services that are written as a story. */
import { EventEmitter, once } from 'node:events';
import type { MetadataFields } from '../../src/transport/h2/metadata.ts';
import type { Status, StreamCall, StreamRoute } from '../../src/transport/h2/route.ts';

/** Messages that may wait to be read; then the caller gets no more window. */
const MAX_WAITING = 8;
const INTERNAL = 13;

/** Tells the story to its end and returns how the call ends. When the call is over early, reading rejects. */
export function spoken(story: (conversation: Conversation) => Promise<Status>): StreamRoute {
  return {
    kind: 'stream',
    open: (call) => {
      const conversation = new Conversation(call);
      story(conversation).then(
        (status) => call.end(status),
        (caught: unknown) => {
          // Also where the call is gone: to say that nobody works for it any more.
          call.end({ code: INTERNAL, message: String(caught) });
        },
      );
    },
  };
}

/** Nobody waits for the answer any more. */
class CallGone extends Error {}

export class Conversation {
  readonly call: StreamCall;
  readonly #waiting: Uint8Array[] = [];
  readonly #events = new EventEmitter();
  #ended = false;
  #gone = false;
  #room = true;

  constructor(call: StreamCall) {
    this.call = call;
    call.listener = {
      message: (bytes) => {
        this.#waiting.push(bytes);
        if (this.#waiting.length >= MAX_WAITING) call.pause();
        this.#events.emit('change');
      },
      end: () => {
        this.#ended = true;
        this.#events.emit('change');
      },
      gone: () => {
        this.#gone = true;
        this.#events.emit('change');
      },
      drained: () => {
        this.#room = true;
        this.#events.emit('change');
      },
    };
  }

  async *messages(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#gone) throw new CallGone();
      const message = this.#waiting.shift();
      if (message !== undefined) {
        if (this.#waiting.length === MAX_WAITING - 1) this.call.resume();
        yield message;
      } else if (this.#ended) return;
      else await once(this.#events, 'change');
    }
  }

  /** Resolves when there is room for the next. */
  async send(message: Uint8Array, afterMs = 0): Promise<void> {
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    while (!this.#room && !this.#gone) await once(this.#events, 'change');
    if (this.#gone) throw new CallGone();
    this.#room = this.call.send([message]);
  }

  sendInitial(fields: MetadataFields): void {
    this.call.sendInitial(fields);
  }
}
