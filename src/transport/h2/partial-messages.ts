/** The receive windows of a connection's streams: large messages get theirs in turn, within one budget. */
import { DEFAULT_WINDOW } from './settings.ts';

/** Room for the frame that ends a request, and its padding. */
const END_BYTES = 1024;

/** The receiving half of a stream. */
export interface ReceivingStream {
  readonly id: number;
  readonly over: boolean;
  /** Bytes that the other side may still send. */
  receiveWindow: number;
  /** Bytes granted beyond the usual window, for the message that has begun. */
  reserved: number;
  /** Bytes of that message which have not come. */
  readonly missing: number;
  /** Its route wants no more for now. */
  readonly holdsBack: boolean;
}

export class PartialMessages {
  readonly #maxBytes: number;
  readonly #grant: (stream: ReceivingStream, bytes: number) => void;
  #reserved = 0;
  #waiting: ReceivingStream[] = [];

  /** @param grant tells the other side that it may send so many bytes more. */
  constructor(maxBytes: number, grant: (stream: ReceivingStream, bytes: number) => void) {
    this.#maxBytes = maxBytes;
    this.#grant = grant;
  }

  /** Bytes of a message came, and it is not complete: room for the rest, now or when another message is taken. */
  arrived(stream: ReceivingStream): void {
    const needed = stream.missing - stream.receiveWindow;
    if (needed <= 0 || stream.over || stream.holdsBack || this.#waiting.includes(stream)) return;
    // Behind those that wait, even where there is room for it: else a large one might wait for ever.
    if (this.#waiting.length > 0 || !this.#reserve(stream, needed)) this.#waiting.push(stream);
  }

  /** A route has taken a message, or the stream is over: what it had reserved is free for others. */
  release(stream: ReceivingStream): void {
    if (stream.reserved === 0 && !(stream.over && this.#waiting.includes(stream))) return;
    this.#reserved -= stream.reserved;
    stream.reserved = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const other of waiting) this.arrived(other);
  }

  /**
   * The only message is complete, and the request may end. Clients built on nghttp2 do not say so, even with an empty
   * frame, while their window is 0.
   */
  letEnd(stream: ReceivingStream): void {
    if (!stream.over && stream.receiveWindow < END_BYTES) this.#give(stream, END_BYTES - stream.receiveWindow);
  }

  /** What came of a stream of messages was taken: the usual window is filled again, once half of it is used. */
  consumed(stream: ReceivingStream): void {
    if (stream.over || stream.holdsBack || stream.receiveWindow > DEFAULT_WINDOW / 2) return;
    this.#give(stream, DEFAULT_WINDOW - stream.receiveWindow);
  }

  /** One message always has room, so that no two wait for each other. */
  #reserve(stream: ReceivingStream, bytes: number): boolean {
    if (this.#reserved > 0 && this.#reserved + bytes > this.#maxBytes) return false;
    this.#reserved += bytes;
    stream.reserved += bytes;
    this.#give(stream, bytes);
    return true;
  }

  #give(stream: ReceivingStream, bytes: number): void {
    stream.receiveWindow += bytes;
    this.#grant(stream, bytes);
  }
}
