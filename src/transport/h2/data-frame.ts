/** The DATA frame that is coming in: its padding is taken off, the rest goes to its stream. */
import { type ConnectionError, protocolError } from './errors.ts';
import { FLAG } from './frame.ts';
import type { ServerStream } from './server-stream.ts';

export class DataFrame {
  /** undefined: the stream is over, and the bytes are dropped. */
  stream: ServerStream | undefined;
  endStream = false;
  #padded = false;
  /** Bytes of body and padding still to come; the padding is known once its length has come. */
  #left = 0;
  #padding = 0;

  /** Throws ConnectionError where the frame has no room for what its flags promise. */
  begin(stream: ServerStream | undefined, flags: number, length: number): void {
    this.stream = stream;
    this.endStream = (flags & FLAG.endStream) !== 0;
    this.#padded = (flags & FLAG.padded) !== 0;
    this.#padding = 0;
    this.#left = length;
    if (this.#padded && length === 0) throw tooMuchPadding();
  }

  piece(chunk: Buffer, from: number, to: number): void {
    let start = from;
    if (this.#padded) {
      this.#readPadding(chunk[from] ?? 0);
      start += 1;
    }
    const bytes = Math.min(to - start, this.#left - this.#padding);
    this.#left -= to - start;
    if (bytes > 0) this.stream?.data(chunk, start, start + bytes);
  }

  #readPadding(bytes: number): void {
    this.#padded = false;
    this.#padding = bytes;
    this.#left -= 1;
    if (this.#padding > this.#left) throw tooMuchPadding();
  }
}

function tooMuchPadding(): ConnectionError {
  return protocolError('a DATA frame with more padding than payload');
}
