/** Sends the replies of one connection: as much as windows and the socket allow, streams in turn. */
import { CREDIT, type Overhead } from './overhead.ts';
import { FLAG, FRAME, MAX_FRAME_BYTES } from './frame.ts';
import { PREFIX_BYTES } from './message-reader.ts';
import type { Outbox } from './outbox.ts';
import { NO_TABLE } from './response-heads.ts';
import { DEFAULT_SETTINGS, DEFAULT_WINDOW, MAX_WINDOW, type PeerSettings } from './settings.ts';

/** The most that one stream sends before it is another's turn. */
const TURN_BYTES = 64 * 1024;

/** The sending half of a stream. */
export interface SendingStream {
  readonly id: number;
  /** Bytes that the other side will take; may be negative after it made its windows smaller. */
  sendWindow: number;
  /** What waits, in order, and how far into the first the stream has come. */
  readonly waiting: Uint8Array[];
  waitingOffset: number;
  waitingBytes: number;
  /** The block that ends the stream once nothing waits; an empty one: there are no trailers. */
  ending: Buffer | undefined;
  /** It stands in the sender's queue. */
  queued: boolean;
  /** When it last made progress. */
  sentAt: number;
  /** Its last frame has gone. */
  sentAll(): void;
  /** So many bytes have gone. */
  progressed(): void;
}

export class Sender {
  readonly #outbox: Outbox;
  readonly #overhead: Overhead;
  readonly #now: () => number;
  #window = DEFAULT_WINDOW;
  #peer: PeerSettings = DEFAULT_SETTINGS;
  #queue: SendingStream[] = [];
  #began = false;
  #unsent = 0;

  constructor(outbox: Outbox, overhead: Overhead, now: () => number) {
    this.#outbox = outbox;
    this.#overhead = overhead;
    this.#now = now;
  }

  get peer(): PeerSettings {
    return this.#peer;
  }

  /** Bytes of replies that wait for a window or for the socket. */
  get unsent(): number {
    return this.#unsent;
  }

  setPeer(settings: PeerSettings): void {
    this.#peer = settings;
  }

  /** A block of headers; short ones fit into a frame, longer ones are continued. */
  headers(stream: number, block: Buffer, endStream: boolean): void {
    const table = this.#began ? 0 : NO_TABLE.length;
    const flags = endStream ? FLAG.endStream : 0;
    const first = Math.min(block.length, MAX_FRAME_BYTES - table);
    const whole = first === block.length;
    const head = { type: FRAME.headers, flags: flags | (whole ? FLAG.endHeaders : 0), stream, length: first + table };
    this.#outbox.head(head);
    if (table > 0) this.#outbox.bytes(NO_TABLE);
    this.#began = true;
    this.#outbox.bytes(whole ? block : block.subarray(0, first));
    for (let at = first; at < block.length; at += MAX_FRAME_BYTES) {
      const part = block.subarray(at, at + MAX_FRAME_BYTES);
      const last = at + part.length === block.length ? FLAG.endHeaders : 0;
      this.#outbox.head({ type: FRAME.continuation, flags: last, stream, length: part.length });
      this.#outbox.bytes(part);
    }
  }

  /** Whether a message of so many bytes, its prefix included, may go in one frame at once. */
  fits(stream: SendingStream, bytes: number): boolean {
    return (
      bytes <= stream.sendWindow &&
      bytes <= this.#window &&
      bytes <= this.#peer.maxFrameBytes &&
      stream.waitingBytes === 0 &&
      !this.#outbox.blocked
    );
  }

  /** A message that fits, in one frame. */
  message(stream: SendingStream, parts: readonly Uint8Array[], bytes: number): void {
    const outbox = this.#outbox;
    outbox.head({ type: FRAME.data, flags: 0, stream: stream.id, length: bytes });
    outbox.messagePrefix(bytes - PREFIX_BYTES);
    for (const part of parts) outbox.bytes(part);
    stream.sendWindow -= bytes;
    this.#window -= bytes;
    this.#overhead.earn(CREDIT.dataSent);
  }

  /** Something waits on this stream, or its end does. */
  enqueue(stream: SendingStream, bytes: number): void {
    this.#unsent += bytes;
    stream.waitingBytes += bytes;
    stream.sentAt = this.#now();
    this.#join(stream);
    this.pump();
  }

  /** The stream is over, and what waits on it is not to be sent. */
  drop(stream: SendingStream): void {
    this.#unsent -= stream.waitingBytes;
    stream.waitingBytes = 0;
    stream.waiting.length = 0;
    stream.ending = undefined;
    if (stream.queued) this.#queue = this.#queue.filter((other) => other !== stream);
    stream.queued = false;
  }

  /** False: the window would be larger than the protocol allows. */
  grantConnection(bytes: number): boolean {
    this.#window += bytes;
    if (this.#window > MAX_WINDOW) return false;
    this.pump();
    return true;
  }

  grant(stream: SendingStream, bytes: number): boolean {
    stream.sendWindow += bytes;
    if (stream.sendWindow > MAX_WINDOW) return false;
    if (stream.waitingBytes > 0) {
      this.#join(stream);
      this.pump();
    }
    return true;
  }

  /** A frame of each stream in turn, until windows, the socket or the replies come to an end. */
  pump(): void {
    for (let stream = this.#queue[0]; stream !== undefined && !this.#outbox.blocked; stream = this.#queue[0]) {
      if (stream.waitingBytes > 0 && this.#window <= 0) return;
      this.#queue.shift();
      stream.queued = false;
      if (stream.waitingBytes > 0 && stream.sendWindow > 0) this.#sendFrame(stream);
      if (stream.waitingBytes > 0) {
        if (stream.sendWindow > 0) this.#join(stream);
      } else if (stream.ending !== undefined) {
        this.#end(stream.id, stream.ending);
        stream.ending = undefined;
        stream.sentAll();
      }
    }
  }

  #end(stream: number, block: Buffer): void {
    if (block.length > 0) this.headers(stream, block, true);
    else this.#outbox.head({ type: FRAME.data, flags: FLAG.endStream, stream, length: 0 });
  }

  #join(stream: SendingStream): void {
    if (stream.queued) return;
    stream.queued = true;
    this.#queue.push(stream);
  }

  #sendFrame(stream: SendingStream): void {
    const most = Math.min(stream.waitingBytes, stream.sendWindow, this.#window, this.#peer.maxFrameBytes, TURN_BYTES);
    this.#outbox.head({ type: FRAME.data, flags: 0, stream: stream.id, length: most });
    let left = most;
    while (left > 0) {
      const [first] = stream.waiting;
      if (first === undefined) break;
      const from = stream.waitingOffset;
      const bytes = Math.min(left, first.length - from);
      this.#outbox.bytes(first.subarray(from, from + bytes));
      left -= bytes;
      stream.waitingOffset += bytes;
      if (stream.waitingOffset < first.length) break;
      stream.waiting.shift();
      stream.waitingOffset = 0;
    }
    stream.sendWindow -= most;
    stream.waitingBytes -= most;
    stream.sentAt = this.#now();
    this.#window -= most;
    this.#unsent -= most;
    this.#overhead.earn(CREDIT.dataSent);
    stream.progressed();
  }
}
