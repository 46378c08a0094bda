/** Takes the bytes of one stream apart into gRPC messages: a flag, a length of four bytes, and so many bytes. */

export interface MessageSink {
  /** The bytes are the sink's own. */
  message(bytes: Buffer, compressed: boolean): void;
  /** A message of so many bytes begins, more than the limit allows; nothing is read after it. */
  tooLarge(bytes: number): void;
}

/** Before each message: a flag and a length. */
export const PREFIX_BYTES = 5;

/** Of a message whose end has not come, memory for this many times what has come is taken at most. */
const BELIEF = 40;
const FIRST_BYTES = 16 * 1024;

export class MessageReader {
  readonly #sink: MessageSink;
  readonly #maxBytes: number;
  #prefixBytes = 0;
  #flag = 0;
  #length = 0;
  #buffer: Buffer | undefined;
  #filled = 0;
  #stopped = false;

  constructor(sink: MessageSink, maxBytes: number) {
    this.#sink = sink;
    this.#maxBytes = maxBytes;
  }

  /** Bytes of the message that has begun which have not come; 0 where its length is not known. */
  get missing(): number {
    return this.#buffer === undefined ? 0 : this.#length - this.#filled;
  }

  /** A message has begun and is not complete. */
  get partial(): boolean {
    return this.#prefixBytes > 0;
  }

  /** The bytes from `from` to `to` of the chunk come next. */
  push(chunk: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#stopped) {
      if (this.#prefixBytes < PREFIX_BYTES) at = this.#prefix(chunk, at, to);
      else at = this.#body(chunk, at, to);
    }
  }

  /** Nothing more is read: the stream is over. */
  stop(): void {
    this.#stopped = true;
    this.#buffer = undefined;
  }

  #prefix(chunk: Buffer, at: number, to: number): number {
    const bytes = Math.min(PREFIX_BYTES - this.#prefixBytes, to - at);
    for (let index = at; index < at + bytes; index += 1) {
      const byte = chunk[index] ?? 0;
      if (this.#prefixBytes === 0) this.#flag = byte;
      else this.#length = this.#length * 256 + byte;
      this.#prefixBytes += 1;
    }
    if (this.#prefixBytes === PREFIX_BYTES) this.#begin(to - at - bytes);
    return at + bytes;
  }

  /** The prefix is there, and `bytes` of what follows it. */
  #begin(bytes: number): void {
    if (this.#length > this.#maxBytes) {
      this.stop();
      this.#sink.tooLarge(this.#length);
      return;
    }
    this.#filled = 0;
    const here = Math.min(bytes, this.#length);
    this.#buffer = Buffer.allocUnsafe(Math.min(this.#length, Math.max(FIRST_BYTES, BELIEF * here)));
    if (this.#length === 0) this.#complete(this.#buffer);
  }

  #body(chunk: Buffer, at: number, to: number): number {
    const bytes = Math.min(this.#length - this.#filled, to - at);
    const buffer = this.#roomFor(bytes);
    chunk.copy(buffer, this.#filled, at, at + bytes);
    this.#filled += bytes;
    if (this.#filled === this.#length) this.#complete(buffer);
    return at + bytes;
  }

  #roomFor(bytes: number): Buffer {
    const buffer = this.#buffer ?? Buffer.alloc(0);
    const needed = this.#filled + bytes;
    if (needed <= buffer.length) return buffer;
    const larger = Buffer.allocUnsafe(Math.min(this.#length, BELIEF * needed));
    buffer.copy(larger, 0, 0, this.#filled);
    this.#buffer = larger;
    return larger;
  }

  #complete(buffer: Buffer): void {
    const compressed = this.#flag !== 0;
    this.#prefixBytes = 0;
    this.#length = 0;
    this.#buffer = undefined;
    this.#sink.message(buffer, compressed);
  }
}
