/** HTTP/2's frames, as far as a gRPC client that asks for little needs them. */
import assert from 'node:assert/strict';

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
const PADDED = 8;
const PRIORITY = 32;

export const HEADER_TABLE_SIZE = 1;
export const ENABLE_PUSH = 2;
export const MAX_CONCURRENT_STREAMS = 3;
export const INITIAL_WINDOW_SIZE = 4;
export const MAX_FRAME_SIZE = 5;

export const FRAME_HEADER = 9;
export const DEFAULT_WINDOW = 65_535;
export const MAX_WINDOW = 2 ** 31 - 1;
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Literals only: the block is the same for every call, and small. */
export function headerBlock(options: { authority: string; method: string; deadlineMs: number }): Buffer {
  const { authority, method, deadlineMs } = options;
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value, 'latin1');
    assert(bytes.byteLength < 127, `a header of at most 126 bytes, not ${value}`);
    return Buffer.concat([Uint8Array.of(bytes.byteLength), bytes]);
  };
  const field = (name: string, value: string): Buffer => Buffer.concat([Uint8Array.of(0), text(name), text(value)]);
  return Buffer.concat([
    // :method POST, :scheme http, :path and :authority by their static indices.
    Uint8Array.of(0x83, 0x86, 0x04),
    text(method),
    Uint8Array.of(0x01),
    text(authority),
    field('te', 'trailers'),
    field('content-type', 'application/grpc'),
    ...(deadlineMs > 0 ? [field('grpc-timeout', `${Math.ceil(deadlineMs)}m`)] : []),
  ]);
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER + payload.byteLength);
  writeFrameHeader(bytes, 0, { length: payload.byteLength, type, flags, stream });
  bytes.set(payload, FRAME_HEADER);
  return bytes;
}

export function writeFrameHeader(
  bytes: Buffer,
  at: number,
  header: { length: number; type: number; flags: number; stream: number },
): void {
  bytes.writeUIntBE(header.length, at, 3);
  bytes.writeUInt8(header.type, at + 3);
  bytes.writeUInt8(header.flags, at + 4);
  bytes.writeUInt32BE(header.stream, at + 5);
}

export function setting(key: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(key);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

export function windowUpdate(bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(WINDOW_UPDATE, 0, 0, payload);
}

export function unpad(payload: Buffer, flags: number): Buffer {
  const padding = (flags & PADDED) === 0 ? 0 : payload.readUInt8() + 1;
  const priority = (flags & PRIORITY) === 0 ? 0 : 5;
  const start = Math.min(padding, 1) + priority;
  return payload.subarray(start, payload.byteLength - Math.max(0, padding - 1));
}
