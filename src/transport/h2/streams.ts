/** The streams of one connection: which are open, how much work they are, and which numbers are used up. */
import { ConnectionError, protocolError, StreamError } from './errors.ts';
import { CODE } from './frame.ts';
import type { ServerStream } from './server-stream.ts';

/** Streams that were reset while the other side was still sending: what it had sent by then is no offence. */
const MAX_REMEMBERED = 1024;

export class Streams {
  readonly #open = new Map<number, ServerStream>();
  readonly #reset = new Set<number>();
  #last = 0;
  /** Streams that are closed while somebody still works for them. */
  #lingering = 0;

  /** The highest number that was used. */
  get last(): number {
    return this.#last;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Calls that take the server's time: those that are open, and those cancelled that are not done. */
  get atWork(): number {
    return this.#open.size + this.#lingering;
  }

  all(): IterableIterator<ServerStream> {
    return this.#open.values();
  }

  get(id: number): ServerStream | undefined {
    return this.#open.get(id);
  }

  /** The next stream of the client. Throws ConnectionError when the number is none that it may use. */
  use(id: number): void {
    if (id % 2 === 0) throw protocolError(`a request on stream ${id}, which is not the client's`);
    if (id === this.#last) throw new ConnectionError(CODE.streamClosed, 'protocol', `HEADERS on closed stream ${id}`);
    if (id < this.#last) throw protocolError(`a request on stream ${id} after ${this.#last}`);
    this.#last = id;
  }

  add(stream: ServerStream): void {
    this.#open.set(stream.id, stream);
  }

  /** Forgets the stream; `working`: somebody still works for it. */
  remove(stream: ServerStream, reset: boolean): void {
    this.#open.delete(stream.id);
    if (stream.working) this.#lingering += 1;
    if (reset && !stream.remoteEnded) this.remember(stream.id);
  }

  /** Frames of this stream that are still on their way are dropped. */
  remember(id: number): void {
    this.#reset.add(id);
    if (this.#reset.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#reset) {
      this.#reset.delete(oldest);
      break;
    }
  }

  settled(): void {
    this.#lingering -= 1;
  }

  wasReset(id: number): boolean {
    return this.#reset.has(id);
  }

  /** Throws where a frame names a stream that was never opened. */
  checkUsed(id: number, frame: string): void {
    if (id === 0) throw protocolError(`${frame} on stream 0`);
    if (id > this.#last || id % 2 === 0) throw protocolError(`${frame} on idle stream ${id}`);
  }
}

/** A frame on a stream that is over; not an offence where we had reset it. */
export function closedStream(frame: string): StreamError {
  return new StreamError(CODE.streamClosed, `${frame} on a closed stream`);
}
