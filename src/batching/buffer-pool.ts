/** Large buffers that are filled again and again: touching new memory costs more than the copying does. */

/** Smaller ones come from memory that the allocator keeps warm. */
export const POOLED_BYTES = 65_536;

export class BufferPool {
  readonly #maxBytes: number;
  readonly #free = new Map<number, ArrayBuffer[]>();
  #bytes = 0;

  /** @param maxBytes that wait at the most; what comes on top is left to the garbage collector. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that wait to be filled again. */
  get bytes(): number {
    return this.#bytes;
  }

  /** At least `bytes` long, up to twice as long where it is large, with anything in it. */
  take(bytes: number): ArrayBuffer {
    if (bytes < POOLED_BYTES || bytes > this.#maxBytes) return new ArrayBuffer(bytes);
    const capacity = 2 ** Math.ceil(Math.log2(bytes));
    const buffer = this.#free.get(capacity)?.pop();
    if (buffer === undefined) return new ArrayBuffer(capacity);
    this.#bytes -= capacity;
    return buffer;
  }

  /** Nobody refers to the buffer any more. */
  give(buffer: ArrayBuffer): void {
    const capacity = buffer.byteLength;
    if (capacity < POOLED_BYTES || this.#bytes + capacity > this.#maxBytes) return;
    this.#bytes += capacity;
    const alike = this.#free.get(capacity);
    if (alike === undefined) this.#free.set(capacity, [buffer]);
    else alike.push(buffer);
  }

  /** Leaves all that wait to the garbage collector. */
  clear(): void {
    this.#free.clear();
    this.#bytes = 0;
  }
}
