/** SETTINGS (RFC 9113, 6.5): what the other side asks for, and what this one tells. */
import { ConnectionError } from './errors.ts';
import { CODE, FRAME, frameOf, MAX_FRAME_BYTES } from './frame.ts';

const ID = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

export const DEFAULT_WINDOW = 65_535;
export const MAX_WINDOW = 2 ** 31 - 1;
const MAX_FRAME_SIZE = 2 ** 24 - 1;
const ENTRY_BYTES = 6;

/** What this side has to know of the other's settings; responses use no header table. */
export interface PeerSettings {
  readonly initialWindow: number;
  readonly maxFrameBytes: number;
}

export const DEFAULT_SETTINGS: PeerSettings = Object.freeze({
  initialWindow: DEFAULT_WINDOW,
  maxFrameBytes: MAX_FRAME_BYTES,
});

/** The settings after this frame's payload; throws ConnectionError. */
export function readSettings(payload: Buffer, before: PeerSettings): PeerSettings {
  if (payload.length % ENTRY_BYTES !== 0) {
    throw new ConnectionError(CODE.frameSizeError, 'protocol', `SETTINGS of ${payload.length} bytes`);
  }
  let { initialWindow, maxFrameBytes } = before;
  for (let at = 0; at < payload.length; at += ENTRY_BYTES) {
    const id = payload.readUInt16BE(at);
    const value = payload.readUInt32BE(at + 2);
    if (id === ID.enablePush && value > 1) throw wrong(CODE.protocolError, 'ENABLE_PUSH', value);
    if (id === ID.initialWindowSize) {
      if (value > MAX_WINDOW) throw wrong(CODE.flowControlError, 'INITIAL_WINDOW_SIZE', value);
      initialWindow = value;
    }
    if (id === ID.maxFrameSize) {
      if (value < MAX_FRAME_BYTES || value > MAX_FRAME_SIZE) throw wrong(CODE.protocolError, 'MAX_FRAME_SIZE', value);
      maxFrameBytes = value;
    }
  }
  return { initialWindow, maxFrameBytes };
}

export interface OwnSettings {
  readonly maxConcurrentStreams: number;
  readonly maxHeaderBytes: number;
}

/** What is not told is the protocol's default: a header table of 4,096 bytes, windows of 65,535, frames of 16,384. */
export function settingsFrame({ maxConcurrentStreams, maxHeaderBytes }: OwnSettings): Buffer {
  const payload = Buffer.alloc(2 * ENTRY_BYTES);
  payload.writeUInt16BE(ID.maxConcurrentStreams, 0);
  payload.writeUInt32BE(maxConcurrentStreams, 2);
  payload.writeUInt16BE(ID.maxHeaderListSize, ENTRY_BYTES);
  payload.writeUInt32BE(maxHeaderBytes, ENTRY_BYTES + 2);
  return frameOf(FRAME.settings, 0, 0, payload);
}

function wrong(code: number, name: string, value: number): ConnectionError {
  return new ConnectionError(code, 'protocol', `SETTINGS_${name} of ${value}`);
}
