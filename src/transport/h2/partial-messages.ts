/** The receive windows of a connection's streams: large messages get theirs in turn, within one budget. */
import { DEFAULT_WINDOW } from './settings.ts';

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

  /** Bytes of a message came, and it is not complete: room for the rest, now or when another message is complete. */
  arrived(stream: ReceivingStream): void {
    const needed = stream.missing - stream.receiveWindow;
    if (needed <= 0 || stream.over || this.#waiting.includes(stream)) return;
    if (!this.#reserve(stream, needed)) this.#waiting.push(stream);
  }

  /** A message is complete or the stream over: what it had reserved is free for others. */
  release(stream: ReceivingStream): void {
    if (stream.over) this.#waiting = this.#waiting.filter((other) => other !== stream);
    if (stream.reserved === 0) return;
    this.#reserved -= stream.reserved;
    stream.reserved = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const other of waiting) this.arrived(other);
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
