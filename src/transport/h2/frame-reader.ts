/** Takes a connection's bytes apart into frames, without copying those that lie in one chunk. */
import { ConnectionError } from './errors.ts';
import { CODE, FRAME, FRAME_HEAD_BYTES, MAX_FRAME_BYTES, PREFACE } from './frame.ts';

/** Who takes the frames. Payloads are views of the chunk, valid during the call. */
export interface FrameSink {
  /** The head of a DATA frame, before any of its payload. `length` includes padding. */
  dataHead(stream: number, flags: number, length: number): void;
  /** The next piece of that frame's payload, from `from` to `to` of the chunk; never empty. */
  dataPiece(chunk: Buffer, from: number, to: number): void;
  /** The frame's payload has come whole; for an empty one this follows its head. */
  dataEnd(): void;
  /** Any other frame, whole. */
  frame(type: number, flags: number, stream: number, payload: Buffer): void;
}

interface PartialFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
  /** Of the payload, so many have come. */
  bytes: number;
}

const EMPTY = Buffer.alloc(0);

export class FrameReader {
  readonly #sink: FrameSink;
  /** Bytes of the preface that have come. */
  #prefaced = 0;
  /** The first bytes of a frame's head that a chunk's end cut. */
  readonly #head = Buffer.alloc(FRAME_HEAD_BYTES);
  #headBytes = 0;
  /** Bytes of the DATA frame's payload that are still to come; 0 between frames. */
  #dataLeft = 0;
  /** The frame other than DATA whose payload is being gathered. */
  #partial: PartialFrame | undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Frames that have begun, so that one who waits for the rest of one knows whether it is still the same. */
  frames = 0;

  /** Something has begun that is not complete: the preface, or a frame; of DATA its stream keeps the time. */
  get waiting(): boolean {
    return this.#headBytes > 0 || this.#partial !== undefined || !this.greeted;
  }

  /** The client's preface has come. */
  get greeted(): boolean {
    return this.#prefaced === PREFACE.length;
  }

  /** Throws ConnectionError; after that the connection is over. */
  push(chunk: Buffer): void {
    let at = this.greeted ? 0 : this.#preface(chunk);
    while (at < chunk.length) {
      if (this.#dataLeft > 0) at = this.#moreData(chunk, at);
      else if (this.#partial !== undefined) at = this.#morePayload(this.#partial, chunk, at);
      else if (this.#headBytes === 0 && chunk.length - at >= FRAME_HEAD_BYTES) at = this.#begin(chunk, at, chunk, at);
      else at = this.#moreHead(chunk, at);
    }
  }

  #preface(chunk: Buffer): number {
    const bytes = Math.min(PREFACE.length - this.#prefaced, chunk.length);
    if (PREFACE.compare(chunk, 0, bytes, this.#prefaced, this.#prefaced + bytes) !== 0) {
      throw new ConnectionError(CODE.protocolError, 'bad_preface', 'this port speaks HTTP/2 with gRPC');
    }
    this.#prefaced += bytes;
    return bytes;
  }

  #moreHead(chunk: Buffer, at: number): number {
    const bytes = Math.min(FRAME_HEAD_BYTES - this.#headBytes, chunk.length - at);
    chunk.copy(this.#head, this.#headBytes, at, at + bytes);
    this.#headBytes += bytes;
    if (this.#headBytes < FRAME_HEAD_BYTES) return at + bytes;
    this.#headBytes = 0;
    return this.#begin(this.#head, 0, chunk, at + bytes - FRAME_HEAD_BYTES);
  }

  /** A head is there, at `headAt` of `head`; the payload begins FRAME_HEAD_BYTES after `at` in the chunk. */
  #begin(head: Buffer, headAt: number, chunk: Buffer, at: number): number {
    const length = ((head[headAt] ?? 0) << 16) | ((head[headAt + 1] ?? 0) << 8) | (head[headAt + 2] ?? 0);
    const type = head[headAt + 3] ?? 0;
    const flags = head[headAt + 4] ?? 0;
    const stream = head.readUInt32BE(headAt + 5) & 0x7fffffff;
    const start = at + FRAME_HEAD_BYTES;
    this.frames += 1;
    if (length > MAX_FRAME_BYTES) {
      const message = `a frame of ${length} bytes; at most ${MAX_FRAME_BYTES} are taken`;
      throw new ConnectionError(CODE.frameSizeError, 'frame_too_large', message);
    }
    if (type === FRAME.data) {
      this.#sink.dataHead(stream, flags, length);
      this.#dataLeft = length;
      if (length === 0) this.#sink.dataEnd();
      return start;
    }
    if (chunk.length - start >= length) {
      this.#sink.frame(type, flags, stream, length === 0 ? EMPTY : chunk.subarray(start, start + length));
      return start + length;
    }
    this.#partial = { type, flags, stream, payload: Buffer.allocUnsafe(length), bytes: 0 };
    return start;
  }

  #moreData(chunk: Buffer, at: number): number {
    const bytes = Math.min(this.#dataLeft, chunk.length - at);
    this.#dataLeft -= bytes;
    this.#sink.dataPiece(chunk, at, at + bytes);
    if (this.#dataLeft === 0) this.#sink.dataEnd();
    return at + bytes;
  }

  #morePayload(partial: PartialFrame, chunk: Buffer, at: number): number {
    const bytes = Math.min(partial.payload.length - partial.bytes, chunk.length - at);
    chunk.copy(partial.payload, partial.bytes, at, at + bytes);
    partial.bytes += bytes;
    if (partial.bytes < partial.payload.length) return at + bytes;
    this.#partial = undefined;
    this.#sink.frame(partial.type, partial.flags, partial.stream, partial.payload);
    return at + bytes;
  }
}
