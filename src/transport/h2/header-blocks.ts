/** Gathers HEADERS and its CONTINUATIONs into one block, within limits on bytes and on frames. */
import { ConnectionError } from './errors.ts';
import { CODE } from './frame.ts';

/** Frames that one block may take; empty ones cost as much as full ones. */
const MAX_FRAMES = 32;

export interface OpenBlock {
  readonly stream: number;
  readonly endStream: boolean;
  /** When it began. */
  readonly since: number;
}

export class HeaderBlocks {
  readonly #maxBytes: number;
  #open: OpenBlock | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** Encoded, a block is rarely larger than its list, which is limited in turn. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The block that waits for its end; no other frame may come before that. */
  get open(): OpenBlock | undefined {
    return this.#open;
  }

  /** The first part of a block that takes more than one frame. Payloads are views and copied. */
  begin(block: OpenBlock, payload: Buffer): void {
    this.#open = block;
    this.#parts = [];
    this.#bytes = 0;
    this.#add(payload);
  }

  add(payload: Buffer): void {
    this.#add(payload);
  }

  /** The whole block. */
  end(): Buffer {
    this.#open = undefined;
    const block = Buffer.concat(this.#parts);
    this.#parts = [];
    return block;
  }

  #add(payload: Buffer): void {
    this.#bytes += payload.length;
    this.#parts.push(Buffer.from(payload));
    if (this.#bytes > this.#maxBytes || this.#parts.length > MAX_FRAMES) {
      const message = `a header block of more than ${this.#maxBytes} bytes or ${MAX_FRAMES} frames`;
      throw new ConnectionError(CODE.enhanceYourCalm, 'continuation', message);
    }
  }
}
