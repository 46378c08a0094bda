/** An HTTP/2 client of hand-made frames, for tests that break the rules: checks nothing, sends nothing unasked. */
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;

export const SETTING = { headerTableSize: 1, initialWindowSize: 4, maxFrameSize: 5 } as const;

const HEAD_BYTES = 9;
const ANSWER_TIMEOUT_MS = 20_000;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** `length` may be told wrong. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
  length = payload.length,
): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function settings(...entries: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = entries.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)]));
  return frame(TYPE.settings, 0, 0, Buffer.concat(payload));
}

export function windowUpdate(stream: number, increment: number): Buffer {
  return frame(TYPE.windowUpdate, 0, stream, uint32(increment));
}

export function rstStream(stream: number, code = 8): Buffer {
  return frame(TYPE.rstStream, 0, stream, uint32(code));
}

/** A header field in HPACK: literal, never indexed, without Huffman. */
export function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x00]), text(name), text(value)]);
}

/** A literal that the decoder is to keep in its table. */
export function kept(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x40]), text(name), text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length, 7), bytes]);
}

/** RFC 7541, 5.1. */
export function integer(value: number, prefixBits: number, mark = 0): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.from([mark | value]);
  const bytes = [mark | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** The block of a gRPC call's headers. */
export function callHeaders(path: string, ...more: readonly (readonly [name: string, value: string])[]): Buffer {
  const fields = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'localhost'],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
    ...more,
  ] as const;
  return Buffer.concat(fields.map(([name, value]) => literal(name, value)));
}

/** HEADERS that begin a call whose messages are to follow. */
export function openCall(stream: number, path: string, ...more: readonly (readonly [string, string])[]): Buffer {
  return frame(TYPE.headers, END_HEADERS, stream, callHeaders(path, ...more));
}

/** A message with gRPC's five bytes before it; `length` may be told wrong. */
export function grpcMessage(message: Uint8Array, length = message.length): Buffer {
  return Buffer.concat([Buffer.from([0]), uint32(length), message]);
}

export function data(stream: number, payload: Uint8Array, flags = 0): Buffer {
  return frame(TYPE.data, flags, stream, payload);
}

/** A whole unary call. */
export function unaryCall(stream: number, path: string, message: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([openCall(stream, path), data(stream, grpcMessage(message), END_STREAM)]);
}

export class RawH2 {
  readonly socket: Socket;
  /** All that has come, but for those that `forget` dropped. */
  readonly frames: Frame[] = [];
  readonly #events = new EventEmitter();
  #bytes = Buffer.alloc(0);
  #closed = false;
  #marks = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    // A reset is an end as good as any here.
    socket.on('error', () => undefined);
    socket.on('drain', () => this.#events.emit('room'));
    socket.on('close', () => {
      this.#closed = true;
      this.#events.emit('change');
      this.#events.emit('room');
    });
    this.#events.setMaxListeners(0);
  }

  /** Connected, and nothing said. */
  static async dial(port: number): Promise<RawH2> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawH2(socket);
  }

  /** The preface and SETTINGS are sent, the server's SETTINGS have come and are acknowledged. */
  static async greet(port: number, ...entries: readonly (readonly [id: number, value: number])[]): Promise<RawH2> {
    const raw = await RawH2.dial(port);
    raw.write(Buffer.concat([PREFACE, settings(...entries)]));
    await raw.next(({ type, flags }) => type === TYPE.settings && (flags & ACK) === 0);
    raw.write(frame(TYPE.settings, ACK, 0, Buffer.alloc(0)));
    return raw;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** False when the other side has enough for now, as of Writable. */
  write(bytes: Uint8Array): boolean {
    return this.socket.writable && this.socket.write(bytes);
  }

  /** Writes this again and again, at the pace of the other side, until it closes; false when it bore them all. */
  async flood(next: (index: number) => Uint8Array, times: number): Promise<boolean> {
    for (let index = 0; index < times && this.socket.writable; index += 1) {
      if (!this.write(next(index))) await this.#room();
      // So that the server's answer, or the end, is seen.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return this.closes();
  }

  /** The first frame, past or future, that satisfies this. */
  async next(condition: (frame: Frame) => boolean): Promise<Frame> {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    for (let at = 0; ;) {
      for (; at < this.frames.length; at += 1) if (condition(this.frames[at]!)) return this.frames[at]!;
      if (this.#closed) throw new Error(`closed before that came; the last frames: ${this.#last()}`);
      await once(this.#events, 'change', { signal });
    }
  }

  /** Whether the other side closes: at once, or after it has answered a PING. */
  async closes(): Promise<boolean> {
    this.#marks += 1;
    const mark = Buffer.concat([Buffer.from('mark'), uint32(this.#marks)]);
    this.write(frame(TYPE.ping, 0, 0, mark));
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    while (!this.#closed) {
      if (this.frames.some(({ type, payload }) => type === TYPE.ping && payload.equals(mark))) return false;
      await once(this.#events, 'change', { signal });
    }
    return true;
  }

  async closed(): Promise<void> {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    while (!this.#closed) await once(this.#events, 'change', { signal });
  }

  /** The error code of the last GOAWAY. */
  get goaway(): number | undefined {
    return this.frames.findLast(({ type }) => type === TYPE.goaway)?.payload.readUInt32BE(4);
  }

  /** What the last GOAWAY says, for people. */
  get farewell(): string | undefined {
    return this.frames.findLast(({ type }) => type === TYPE.goaway)?.payload.toString('latin1', 8);
  }

  /** Bytes of DATA that came on a stream. */
  dataBytes(stream: number): number {
    return this.frames
      .filter((seen) => seen.type === TYPE.data && seen.stream === stream)
      .reduce((sum, { payload }) => sum + payload.length, 0);
  }

  destroy(): void {
    this.socket.destroy();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  async #room(): Promise<void> {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    while (this.socket.writableNeedDrain && !this.#closed) await once(this.#events, 'room', { signal });
  }

  #take(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#bytes, chunk]);
    let at = 0;
    while (this.#bytes.length - at >= HEAD_BYTES) {
      const length = this.#bytes.readUIntBE(at, 3);
      if (this.#bytes.length - at < HEAD_BYTES + length) break;
      this.frames.push({
        type: this.#bytes[at + 3]!,
        flags: this.#bytes[at + 4]!,
        stream: this.#bytes.readUInt32BE(at + 5) & 0x7fffffff,
        payload: this.#bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length),
      });
      at += HEAD_BYTES + length;
    }
    this.#bytes = this.#bytes.subarray(at);
    this.#events.emit('change');
  }

  #last(): string {
    return this.frames
      .slice(-5)
      .map(({ type, flags, stream, payload }) => `${type}/${flags} on ${stream}: ${payload.toString('hex', 0, 32)}`)
      .join('; ');
  }
}
