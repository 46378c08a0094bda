/** One server-streaming call of grpc-js: replies as fast as the caller takes them, until either side has enough. */
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { ServerError } from '../../domain/errors.ts';
import type { ServerStreamHandler } from '../long-call.ts';
import { CallEnd } from './call-end.ts';
import { MalformedMessage } from './codec.ts';
import type { DoorHooks } from '../hooks.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { Places } from './places.ts';
import { errorOf } from './unary.ts';

export interface ServedStreamOptions<Request, Reply> {
  /** `package.Service/Method`. */
  readonly method: string;
  readonly handler: ServerStreamHandler<Request, Reply>;
  readonly hooks: DoorHooks;
  readonly places: Places;
  /** Where streams stand that are to leave when the server drains; undefined = they come to their own end. */
  readonly openStreams: OpenStreams | undefined;
}

export function serveStream<Request, Reply>(
  options: ServedStreamOptions<Request, Reply>,
): handleServerStreamingCall<Request | MalformedMessage, Reply> {
  return (stream) => void new ServedStream(stream, options).run();
}

class ServedStream<Request, Reply> {
  readonly #stream: ServerWritableStream<Request | MalformedMessage, Reply>;
  readonly #options: ServedStreamOptions<Request, Reply>;
  readonly #end: CallEnd;
  /** Lets go of who waits for the caller to take a reply. */
  #release: (() => void) | undefined;

  constructor(
    stream: ServerWritableStream<Request | MalformedMessage, Reply>,
    options: ServedStreamOptions<Request, Reply>,
  ) {
    this.#stream = stream;
    this.#options = options;
    this.#end = new CallEnd(options.method, stream, options.hooks, () => {
      this.#release?.();
    });
  }

  async run(): Promise<void> {
    const { openStreams, places, handler } = this.#options;
    const { request } = this.#stream;
    openStreams?.add(this);
    try {
      if (request instanceof MalformedMessage) throw request.error;
      await places.within(() => handler(request, this.#end.call, (reply) => this.#send(reply)));
      if (this.#end.succeed()) this.#stream.end();
    } catch (caught) {
      this.#fail(caught);
    } finally {
      openStreams?.delete(this);
    }
  }

  /** Ends the stream so that the client opens it elsewhere. */
  leave(): void {
    this.#fail(new ServerError('unavailable', 'the server is shutting down; ask again'));
    this.#release?.();
  }

  #send(reply: Reply): Promise<void> {
    return new Promise((resolve, reject) => {
      const release = (): void => {
        reject(new ServerError('cancelled', 'nobody takes the replies any more'));
      };
      if (this.#end.over) {
        release();
        return;
      }
      this.#release = release;
      this.#stream.write(reply, () => {
        this.#release = undefined;
        resolve();
      });
    });
  }

  #fail(caught: unknown): void {
    const status = this.#end.fail(caught);
    if (status !== undefined) this.#stream.emit('error', errorOf(status));
  }
}
