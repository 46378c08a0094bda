/** A socket that keeps what is written to it, and whose other side takes bytes when a test says so. */
import type { Socket } from 'node:net';

const HEAD_BYTES = 9;

export interface WrittenFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export class FakeSocket {
  /** Each write of the code under test, in order. */
  readonly writes: Buffer[] = [];
  writableLength = 0;
  bytesWritten = 0;

  /** As what it stands for. */
  get socket(): Socket {
    return this as unknown as Socket;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.writes);
  }

  write(bytes: Uint8Array): boolean {
    this.writes.push(Buffer.from(bytes));
    this.writableLength += bytes.length;
    this.bytesWritten += bytes.length;
    return true;
  }

  cork(): void {
    // A hint.
  }

  uncork(): void {
    // A hint.
  }

  /** The other side reads everything. */
  takeAll(): void {
    this.writableLength = 0;
  }

  /** What was written, as frames; throws where it is none. */
  frames(): WrittenFrame[] {
    const { bytes } = this;
    const frames: WrittenFrame[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + HEAD_BYTES + bytes.readUIntBE(at, 3);
      if (end > bytes.length) throw new Error(`${end - bytes.length} bytes of a frame were not written`);
      frames.push({
        type: bytes.readUInt8(at + 3),
        flags: bytes.readUInt8(at + 4),
        stream: bytes.readUInt32BE(at + 5),
        payload: bytes.subarray(at + HEAD_BYTES, end),
      });
      at = end;
    }
    return frames;
  }
}
