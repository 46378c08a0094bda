/**
 * A gRPC client connection that is made to cost next to nothing, since it shares the machine with what it measures:
 * one method, unary calls, request bytes made beforehand, HTTP/2 frames straight on the socket and one write per turn.
 * It is above 300 lines because flow control and the life of a call only make sense side by side.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import {
  DATA,
  HEADERS,
  RST_STREAM,
  SETTINGS,
  PING,
  GOAWAY,
  WINDOW_UPDATE,
  CONTINUATION,
  END_STREAM,
  ACK,
  END_HEADERS,
  HEADER_TABLE_SIZE,
  ENABLE_PUSH,
  MAX_CONCURRENT_STREAMS,
  INITIAL_WINDOW_SIZE,
  MAX_FRAME_SIZE,
  FRAME_HEADER,
  DEFAULT_WINDOW,
  MAX_WINDOW,
  PREFACE,
  headerBlock,
  frame,
  writeFrameHeader,
  setting,
  windowUpdate,
  unpad,
} from './frames.ts';
import { STATUS, readGrpcStatus } from './grpc-status.ts';

/** `reply` is the message, and there when the status is OK. */
export type Done = (status: number, reply: Buffer | undefined) => void;

interface Call {
  readonly done: Done;
  readonly body: Buffer;
  /** Bytes of the body that were written. */
  sent: number;
  /** What the server lets us send on this stream. */
  window: number;
  pieces: Buffer[];
  expiresAtMs: number;
}

const CANCEL = 8;
const STATUS_OF_RESET: Readonly<Record<number, number>> = {
  7: STATUS.UNAVAILABLE,
  8: STATUS.CANCELLED,
  11: STATUS.RESOURCE_EXHAUSTED,
};

const MESSAGE_HEADER = 5;
const REFILL_AT = 2 ** 24;
const EXPIRY_CHECK_MS = 5;
const CONNECT_TIMEOUT_MS = 5000;
const LOST_ANSWER_MS = 10;

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** `/package.Service/Method`. */
  readonly method: string;
  /** Sent as grpc-timeout, and kept here; 0 = none. */
  readonly deadlineMs?: number;
}

/** A message as it goes into DATA frames. */
export function frameMessage(message: Uint8Array): Buffer {
  const header = Buffer.alloc(MESSAGE_HEADER);
  header.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([header, message]);
}

/**
 *     const connection = await Connection.open({ host, port, method: '/grpc.health.v1.Health/Check' });
 *     connection.call(frameMessage(request), (status, reply) => …);
 */
export class Connection {
  readonly #socket: Socket;
  readonly #deadlineMs: number;
  readonly #headers: Buffer;
  readonly #calls = new Map<number, Call>();
  /** Beyond the server's MAX_CONCURRENT_STREAMS. */
  readonly #waiting: Call[] = [];
  /** Streams whose body did not fit the windows yet. */
  readonly #sending = new Set<number>();
  readonly #expiryTimer: NodeJS.Timeout | undefined;
  #nextStream = 1;
  #open = true;
  #corked = false;
  #left: Buffer = Buffer.alloc(0);
  #headerPieces: Buffer[] = [];
  #sendWindow = DEFAULT_WINDOW;
  #initialWindow = DEFAULT_WINDOW;
  #maxFrame = 16_384;
  #maxStreams = Infinity;
  #received = 0;
  #settled: (() => void) | undefined;
  #lostBecause: string | undefined;

  private constructor(socket: Socket, options: ConnectionOptions) {
    const { host, port, method, deadlineMs = 0 } = options;
    this.#socket = socket;
    this.#deadlineMs = deadlineMs;
    this.#headers = headerBlock({ authority: `${host}:${port}`, method, deadlineMs });
    if (deadlineMs > 0) this.#expiryTimer = setInterval(() => this.#expire(), EXPIRY_CHECK_MS);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#end());
  }

  /** Resolves when both sides know each other's settings. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
    const socket = connect({ host: options.host, port: options.port });
    try {
      await once(socket, 'connect', { signal });
      const connection = new Connection(socket, options);
      await connection.#greet(signal);
      return connection;
    } catch (caught) {
      socket.destroy();
      throw new Error(`no HTTP/2 server at ${options.host}:${options.port}`, { cause: caught });
    }
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Why the server does not want it any more, if it said so. */
  get lostBecause(): string | undefined {
    return this.#lostBecause;
  }

  /** `body` comes from frameMessage. Once the connection is lost every call is UNAVAILABLE, a little later. */
  call(body: Buffer, done: Done): void {
    const expiresAtMs = this.#deadlineMs > 0 ? performance.now() + this.#deadlineMs : Infinity;
    const call: Call = { done, body, sent: 0, window: this.#initialWindow, pieces: [], expiresAtMs };
    if (!this.#open) setTimeout(done, LOST_ANSWER_MS, STATUS.UNAVAILABLE, undefined);
    else if (this.#calls.size >= this.#maxStreams) this.#waiting.push(call);
    else this.#start(call);
  }

  /** Calls in flight end as UNAVAILABLE. */
  close(): void {
    this.#socket.destroy();
    this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #greet(signal: AbortSignal): Promise<void> {
    const settings = Buffer.concat([
      setting(HEADER_TABLE_SIZE, 0),
      setting(ENABLE_PUSH, 0),
      setting(INITIAL_WINDOW_SIZE, MAX_WINDOW),
    ]);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#settled = resolve;
    signal.addEventListener('abort', () => reject(new Error('it does not answer')), { once: true });
    this.#socket.once('close', () => reject(new Error('it closed the connection')));
    this.#socket.write(PREFACE);
    this.#socket.write(frame(SETTINGS, 0, 0, settings));
    this.#socket.write(windowUpdate(MAX_WINDOW - DEFAULT_WINDOW));
    await promise;
  }

  #start(call: Call): void {
    const id = this.#nextStream;
    this.#nextStream += 2;
    call.window = this.#initialWindow;
    this.#calls.set(id, call);
    this.#cork();
    const length = call.body.byteLength;
    const fits = length <= this.#maxFrame && length <= this.#sendWindow && length <= call.window;
    if (fits && this.#sending.size === 0) {
      this.#sendWindow -= length;
      call.sent = length;
      this.#socket.write(this.#smallCall(id, call.body));
    } else {
      this.#socket.write(frame(HEADERS, END_HEADERS, id, this.#headers));
      this.#sending.add(id);
      this.#sendBodies();
    }
  }

  /** Both frames of a call in one buffer. */
  #smallCall(id: number, body: Buffer): Buffer {
    const headers = this.#headers;
    const bytes = Buffer.allocUnsafe(2 * FRAME_HEADER + headers.byteLength + body.byteLength);
    writeFrameHeader(bytes, 0, { length: headers.byteLength, type: HEADERS, flags: END_HEADERS, stream: id });
    bytes.set(headers, FRAME_HEADER);
    const at = FRAME_HEADER + headers.byteLength;
    writeFrameHeader(bytes, at, { length: body.byteLength, type: DATA, flags: END_STREAM, stream: id });
    bytes.set(body, at + FRAME_HEADER);
    return bytes;
  }

  #sendBodies(): void {
    for (const id of this.#sending) {
      const call = this.#calls.get(id);
      assert(call, 'a stream that sends is open');
      while (call.sent < call.body.byteLength) {
        const length = Math.min(call.body.byteLength - call.sent, this.#maxFrame, this.#sendWindow, call.window);
        if (length <= 0) break;
        const end = call.sent + length;
        const header = Buffer.allocUnsafe(FRAME_HEADER);
        const flags = end === call.body.byteLength ? END_STREAM : 0;
        writeFrameHeader(header, 0, { length, type: DATA, flags, stream: id });
        this.#cork();
        this.#socket.write(header);
        this.#socket.write(call.body.subarray(call.sent, end));
        call.sent = end;
        call.window -= length;
        this.#sendWindow -= length;
      }
      if (call.sent === call.body.byteLength) this.#sending.delete(id);
      if (this.#sendWindow <= 0) return;
    }
  }

  /** What is written in one turn leaves in one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  #read(chunk: Buffer): void {
    const bytes = this.#left.byteLength === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    let at = 0;
    while (bytes.byteLength - at >= FRAME_HEADER) {
      const end = at + FRAME_HEADER + bytes.readUIntBE(at, 3);
      if (end > bytes.byteLength) break;
      const flags = bytes.readUInt8(at + 4);
      const id = bytes.readUInt32BE(at + 5) & MAX_WINDOW;
      this.#readFrame({ type: bytes.readUInt8(at + 3), flags, id, payload: bytes.subarray(at + FRAME_HEADER, end) });
      at = end;
    }
    this.#left = bytes.subarray(at);
  }

  #readFrame({ type, flags, id, payload }: { type: number; flags: number; id: number; payload: Buffer }): void {
    if (type === DATA) {
      this.#refill(payload.byteLength);
      this.#calls.get(id)?.pieces.push(unpad(payload, flags));
      if ((flags & END_STREAM) !== 0) this.#finish(id, STATUS.UNKNOWN);
    } else if (type === HEADERS || type === CONTINUATION) {
      this.#headerPieces.push(type === HEADERS ? unpad(payload, flags) : payload);
      if (type === HEADERS && (flags & END_STREAM) !== 0) this.#headerPieces.unshift(Buffer.alloc(0));
      if ((flags & END_HEADERS) !== 0) this.#readHeaders(id);
    } else if (type === RST_STREAM) {
      this.#finish(id, STATUS_OF_RESET[payload.readUInt32BE()] ?? STATUS.INTERNAL);
    } else if (type === SETTINGS) {
      this.#readSettings(flags, payload);
    } else if (type === PING && (flags & ACK) === 0) {
      this.#socket.write(frame(PING, ACK, 0, payload));
    } else if (type === WINDOW_UPDATE) {
      this.#widen(id, payload.readUInt32BE());
    } else if (type === GOAWAY) {
      this.#lostBecause ??= `GOAWAY ${payload.readUInt32BE(4)} ${payload.subarray(8).toString()}`.trim();
      this.#goAway(payload.readUInt32BE());
    }
  }

  /** An empty first piece marks a block that ends its stream: the trailers. Others say nothing that is needed here. */
  #readHeaders(id: number): void {
    const pieces = this.#headerPieces;
    this.#headerPieces = [];
    if (pieces[0]?.byteLength === 0) this.#finish(id, readGrpcStatus(Buffer.concat(pieces)));
  }

  #readSettings(flags: number, payload: Buffer): void {
    if ((flags & ACK) !== 0) {
      this.#settled?.();
      return;
    }
    for (let at = 0; at < payload.byteLength; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      const key = payload.readUInt16BE(at);
      if (key === MAX_CONCURRENT_STREAMS) this.#maxStreams = value;
      else if (key === MAX_FRAME_SIZE) this.#maxFrame = value;
      else if (key === INITIAL_WINDOW_SIZE) {
        for (const call of this.#calls.values()) call.window += value - this.#initialWindow;
        this.#initialWindow = value;
      }
    }
    this.#socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
  }

  #widen(id: number, bytes: number): void {
    const call = this.#calls.get(id);
    if (id === 0) this.#sendWindow += bytes;
    else if (call !== undefined) call.window += bytes;
    this.#sendBodies();
  }

  #refill(bytes: number): void {
    this.#received += bytes;
    if (this.#received < REFILL_AT) return;
    this.#socket.write(windowUpdate(this.#received));
    this.#received = 0;
  }

  #finish(id: number, status: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    this.#sending.delete(id);
    const whole = call.pieces.length === 1 ? call.pieces[0] : Buffer.concat(call.pieces);
    call.done(status, status === STATUS.OK ? whole?.subarray(MESSAGE_HEADER) : undefined);
    const next = this.#open && this.#calls.size < this.#maxStreams ? this.#waiting.shift() : undefined;
    if (next !== undefined) this.#start(next);
  }

  /** Calls have the same deadline, so the oldest expire first. */
  #expire(): void {
    const now = performance.now();
    for (const [id, call] of this.#calls) {
      if (call.expiresAtMs > now) break;
      const code = Buffer.alloc(4);
      code.writeUInt32BE(CANCEL);
      this.#cork();
      this.#socket.write(frame(RST_STREAM, 0, id, code));
      this.#finish(id, STATUS.DEADLINE_EXCEEDED);
    }
    while ((this.#waiting[0]?.expiresAtMs ?? Infinity) <= now) {
      this.#waiting.shift()?.done(STATUS.DEADLINE_EXCEEDED, undefined);
    }
  }

  /** Later streams were not and will not be looked at. */
  #goAway(lastStream: number): void {
    this.#open = false;
    for (const id of [...this.#calls.keys()]) if (id > lastStream) this.#finish(id, STATUS.UNAVAILABLE);
    for (const { done } of this.#waiting.splice(0)) done(STATUS.UNAVAILABLE, undefined);
  }

  #end(): void {
    clearInterval(this.#expiryTimer);
    this.#goAway(0);
  }
}
