/** What a connection has to send, gathered and written once per turn of the event loop. */
import type { Socket } from 'node:net';
import { FRAME_HEAD_BYTES, writeUint32, writeFrameHead, type FrameHead } from './frame.ts';
import { PREFIX_BYTES } from './message-reader.ts';

/** Small frames are copied into blocks of this size, so that a turn's replies leave in one write. */
const BLOCK_BYTES = 16 * 1024;

/** A larger piece is handed to the socket as it is. */
const COPY_BYTES = 2 * 1024;

/** With more that waits, here and in the socket, the other side does not read: no body is added, and nothing read. */
const BLOCKED_BYTES = 2 ** 20;

/** Writes all outboxes of a server that have something, once a turn. */
export class FlushQueue {
  #waiting: Outbox[] = [];
  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const outbox of waiting) outbox.flush();
  };

  add(outbox: Outbox): void {
    if (this.#waiting.length === 0) setImmediate(this.#flush);
    this.#waiting.push(outbox);
  }
}

const NOTHING = Buffer.alloc(0);

export class Outbox {
  readonly #socket: Socket;
  readonly #queue: FlushQueue;
  #block = Buffer.allocUnsafe(BLOCK_BYTES);
  /** What of the block is not yet among the pieces begins here and ends at `#used`. */
  #start = 0;
  #used = 0;
  #pieces: Uint8Array[] = [];
  /** Bytes of the pieces and of the block that are not written yet. */
  #unwritten = 0;
  #scheduled = false;
  #closed = false;

  constructor(socket: Socket, queue: FlushQueue) {
    this.#socket = socket;
    this.#queue = queue;
  }

  /** The other side takes too little: wait for the socket's `drain`. */
  get blocked(): boolean {
    return this.#socket.writableLength + this.#unwritten > BLOCKED_BYTES;
  }

  /** Bytes that the other side has not taken. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  /** Bytes handed to the system so far. */
  get sent(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  head(head: FrameHead): void {
    if (this.#closed) return;
    this.#reserve(FRAME_HEAD_BYTES);
    this.#used = writeFrameHead(this.#block, this.#used, head);
  }

  /** A gRPC message's prefix: not compressed, so many bytes. */
  messagePrefix(bytes: number): void {
    if (this.#closed) return;
    this.#reserve(PREFIX_BYTES);
    this.#block[this.#used] = 0;
    writeUint32(this.#block, this.#used + 1, bytes);
    this.#used += PREFIX_BYTES;
  }

  /** Large ones are not copied: nobody may write to them until they are sent. */
  bytes(bytes: Uint8Array): void {
    if (this.#closed) return;
    const { length } = bytes;
    if (length > COPY_BYTES) {
      this.#seal();
      this.#pieces.push(bytes);
      this.#unwritten += length;
      this.#schedule();
      return;
    }
    this.#reserve(length);
    // A copy of a few bytes costs less in a loop than the call of a native function does.
    if (length < 24) for (let at = 0; at < length; at += 1) this.#block[this.#used + at] = bytes[at] ?? 0;
    else this.#block.set(bytes, this.#used);
    this.#used += length;
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#closed) return;
    this.#seal();
    const pieces = this.#pieces;
    const [first] = pieces;
    if (first === undefined) return;
    this.#pieces = [];
    this.#unwritten = 0;
    if (pieces.length === 1) {
      this.#socket.write(first);
      return;
    }
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
  }

  /** Writes what there is and takes no more. Calls that go on for a while keep the connection, but not its block. */
  close(): void {
    this.flush();
    this.#closed = true;
    this.#pieces = [];
    this.#block = NOTHING;
  }

  #reserve(bytes: number): void {
    this.#schedule();
    this.#unwritten += bytes;
    if (this.#used + bytes <= BLOCK_BYTES) return;
    this.#seal();
    this.#block = Buffer.allocUnsafe(BLOCK_BYTES);
    this.#start = 0;
    this.#used = 0;
  }

  #seal(): void {
    if (this.#used === this.#start) return;
    this.#pieces.push(this.#block.subarray(this.#start, this.#used));
    this.#start = this.#used;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#queue.add(this);
  }
}
