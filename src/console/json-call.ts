/** One call of an Admin method that came over HTTP, in the shape in which the lean transport hands calls to routes. */
import { HeaderList } from '../transport/h2/hpack/header-list.ts';
import type { HeaderField } from '../transport/h2/hpack/header-list.ts';
import { Metadata } from '../transport/h2/metadata.ts';
import type { Peer } from '../transport/h2/peer.ts';
import type { Status, StreamCall, StreamListener } from '../transport/h2/route.ts';

/** Who calls. */
export interface From {
  /** Metadata, as a gRPC caller would send it. */
  readonly fields: readonly HeaderField[];
  readonly peer: Peer;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

interface JsonCallOptions {
  readonly path: string;
  readonly from: From;
  /** One reply. False: wait for `drained` before more. */
  readonly onReply: (bytes: Uint8Array) => boolean;
  readonly onEnd: (status: Status) => void;
}

export class JsonCall implements StreamCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  readonly receivedAt = performance.now();
  /** The one who calls goes away when it has waited enough. */
  readonly deadline = Infinity;
  readonly signal: AbortSignal;
  listener: StreamListener | undefined;
  readonly #options: JsonCallOptions;
  #over = false;
  /** Set while no further messages are wanted. */
  #pause: PromiseWithResolvers<void> | undefined;

  constructor(options: JsonCallOptions) {
    this.path = options.path;
    this.metadata = new Metadata(new HeaderList(options.from.fields));
    this.peer = options.from.peer;
    this.signal = options.from.signal;
    this.#options = options;
    this.signal.addEventListener('abort', this.#gone);
  }

  get over(): boolean {
    return this.#over;
  }

  sendInitial(): void {
    // There is no place for metadata of replies.
  }

  send(parts: readonly Uint8Array[]): boolean {
    return this.#over || this.#options.onReply(Buffer.concat(parts));
  }

  end(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.signal.removeEventListener('abort', this.#gone);
    this.resume();
    this.#options.onEnd(status);
  }

  abort(): void {
    this.end({ code: UNAVAILABLE, message: 'the call was cut short; try again' });
  }

  pause(): void {
    this.#pause ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#pause?.resolve();
    this.#pause = undefined;
  }

  /** Resolves when another message may be handed over, or the call is over. */
  async ready(): Promise<void> {
    await this.#pause?.promise;
  }

  readonly #gone = (): void => {
    this.listener?.gone();
    this.end({ code: CANCELLED, message: 'the caller has gone' });
  };
}

const CANCELLED = 1;
const UNAVAILABLE = 14;
