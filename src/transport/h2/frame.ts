/** The frames of HTTP/2 (RFC 9113, section 6): their numbers, and how they are written. */

export const FRAME_HEAD_BYTES = 9;

export const FRAME = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** Error codes (RFC 9113, section 7). */
export const CODE = {
  noError: 0x0,
  protocolError: 0x1,
  internalError: 0x2,
  flowControlError: 0x3,
  settingsTimeout: 0x4,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

/** What every connection begins with (RFC 9113, 3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** The largest frame that is taken; the protocol's own default, which keeps turns between streams short. */
export const MAX_FRAME_BYTES = 16_384;

export interface FrameHead {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly length: number;
}

/** Writes a frame's head at `at`; returns where its payload begins. */
export function writeFrameHead(into: Buffer, at: number, { type, flags, stream, length }: FrameHead): number {
  into[at] = length >>> 16;
  into[at + 1] = length >>> 8;
  into[at + 2] = length;
  into[at + 3] = type;
  into[at + 4] = flags;
  writeUint32(into, at + 5, stream);
  return at + FRAME_HEAD_BYTES;
}

export function writeUint32(into: Buffer, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

/** A whole frame with a small payload. */
export function frameOf(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  frame.set(payload, writeFrameHead(frame, 0, { type, flags, stream, length: payload.length }));
  return frame;
}

export function windowUpdateFrame(stream: number, increment: number): Buffer {
  return frameOf(FRAME.windowUpdate, 0, stream, uint32(increment));
}

export function rstStreamFrame(stream: number, code: number): Buffer {
  return frameOf(FRAME.rstStream, 0, stream, uint32(code));
}

export function goawayFrame(lastStream: number, code: number, reason: string): Buffer {
  const payload = Buffer.alloc(8 + Buffer.byteLength(reason));
  writeUint32(payload, 0, lastStream);
  writeUint32(payload, 4, code);
  payload.write(reason, 8);
  return frameOf(FRAME.goaway, 0, 0, payload);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  writeUint32(bytes, 0, value);
  return bytes;
}
