/** Header blocks as node:http2 makes and understands them: its client's are caught on the wire, its server is fed ours. */
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { ClientHttp2Session, Http2Server, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { connect as connectSocket, createServer as createSocketServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const FRAME_HEADER = 9;
const HEADERS = 1;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const CONTINUATION = 9;
const ACK = 1;
const END_STREAM = 1;
const END_HEADERS = 4;
const PRIORITY = 32;
const HEADER_TABLE_SIZE = 1;
const COMPRESSION_ERROR = 9;
const MAX_FRAME = 16_384;
const TIMEOUT_MS = 10_000;

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly payload: Buffer;
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUIntBE(payload.byteLength, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Calls back for each frame that comes, behind `prefaceBytes` of something else. */
function onFrame(wire: Socket, prefaceBytes: number, take: (frame: Frame) => void): void {
  let left: Buffer = Buffer.alloc(0);
  let toSkip = prefaceBytes;
  wire.on('data', (chunk: Buffer) => {
    left = Buffer.concat([left, chunk]);
    if (left.length < toSkip) return;
    left = left.subarray(toSkip);
    toSkip = 0;
    while (left.length >= FRAME_HEADER) {
      const end = FRAME_HEADER + left.readUIntBE(0, 3);
      if (left.length < end) return;
      const payload = left.subarray(FRAME_HEADER, end);
      take({ type: left.readUInt8(3), flags: left.readUInt8(4), payload });
      left = left.subarray(end);
    }
  });
}

async function listen(server: Server | Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A client of node:http2 whose header blocks are caught. Its requests are never answered. */
export class BlockSource {
  readonly #session: ClientHttp2Session;
  readonly #wire: Socket;
  readonly #waiting: ((block: Buffer) => void)[] = [];
  #acknowledged = Promise.withResolvers<void>();
  #pieces: Buffer[] = [];

  private constructor(session: ClientHttp2Session, wire: Socket) {
    this.#session = session;
    this.#wire = wire;
    session.on('error', () => undefined);
    wire.on('error', () => undefined);
    wire.setNoDelay(true);
    onFrame(wire, PREFACE.length, (one) => this.#take(one));
    // Before it hears of the other side's settings it makes no more than 100 requests.
    wire.write(frame(SETTINGS, 0, 0));
  }

  /** Its table takes as much as it is allowed, up to `tableBytes`. */
  static async open(tableBytes = 4096): Promise<BlockSource> {
    const server = createSocketServer();
    const port = await listen(server);
    const session = connect(`http://127.0.0.1:${port}`, { maxDeflateDynamicTableSize: tableBytes });
    const [wire] = (await once(server, 'connection')) as [Socket];
    server.close();
    return new BlockSource(session, wire);
  }

  /** What a server says by SETTINGS_HEADER_TABLE_SIZE; resolves when the client has said that it knows. */
  async allowTableBytes(bytes: number): Promise<void> {
    const payload = Buffer.alloc(6);
    payload.writeUInt16BE(HEADER_TABLE_SIZE);
    payload.writeUInt32BE(bytes, 2);
    // The settings of the start are acknowledged first.
    await this.#acknowledged.promise;
    this.#acknowledged = Promise.withResolvers();
    this.#wire.write(frame(SETTINGS, 0, 0, payload));
    await this.#acknowledged.promise;
  }

  async blockOf(headers: OutgoingHttpHeaders): Promise<Buffer> {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    this.#waiting.push(resolve);
    this.#session.request(headers, { endStream: true }).on('error', () => undefined);
    return await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#session, 'close');
    this.#session.destroy();
    this.#wire.destroy();
    await closed;
  }

  #take({ type, flags, payload }: Frame): void {
    if (type === SETTINGS && (flags & ACK) !== 0) this.#acknowledged.resolve();
    if (type !== HEADERS && type !== CONTINUATION) return;
    const priorityBytes = type === HEADERS && (flags & PRIORITY) !== 0 ? 5 : 0;
    this.#pieces.push(payload.subarray(priorityBytes));
    if ((flags & END_HEADERS) !== 0) this.#waiting.shift()?.(Buffer.concat(this.#pieces.splice(0)));
  }
}

/** A server of node:http2 that tells what it makes of header blocks. */
export class BlockSink {
  readonly #server: Http2Server;
  readonly #wire: Socket;
  #verdict = Promise.withResolvers<boolean>();
  #stream = -1;

  private constructor(server: Http2Server, wire: Socket) {
    this.#server = server;
    this.#wire = wire;
    server.on('sessionError', () => undefined);
    wire.on('error', () => undefined);
    wire.setNoDelay(true);
    onFrame(wire, 0, (one) => this.#take(one));
    wire.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]));
  }

  static async open(tableBytes = 4096): Promise<BlockSink> {
    const server = createServer({ maxHeaderListPairs: 1000, settings: { headerTableSize: tableBytes } });
    const port = await listen(server);
    return new BlockSink(server, connectSocket({ host: '127.0.0.1', port }));
  }

  /** Names and values in turn, as it read them. */
  async read(block: Buffer): Promise<readonly string[]> {
    const told = once(this.#server, 'stream', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    this.#send(block);
    const [stream, , , raw] = (await told) as [ServerHttp2Stream, unknown, number, string[]];
    stream.on('error', () => undefined);
    stream.close();
    return raw;
  }

  /** Whether it ends the connection as RFC 7541 asks. */
  async findsMalformed(block: Buffer): Promise<boolean> {
    this.#verdict = Promise.withResolvers();
    this.#send(block);
    this.#wire.write(frame(PING, 0, 0, Buffer.alloc(8)));
    return await this.#verdict.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#wire.destroy();
    this.#server.close();
    await closed;
  }

  #send(block: Buffer): void {
    this.#stream += 2;
    for (let at = 0; at === 0 || at < block.length; at += MAX_FRAME) {
      const flags = at + MAX_FRAME >= block.length ? END_HEADERS : 0;
      const [type, more] = at === 0 ? [HEADERS, END_STREAM] : [CONTINUATION, 0];
      this.#wire.write(frame(type, flags | more, this.#stream, block.subarray(at, at + MAX_FRAME)));
    }
  }

  #take({ type, flags, payload }: Frame): void {
    if (type === SETTINGS && (flags & ACK) === 0) this.#wire.write(frame(SETTINGS, ACK, 0));
    if (type === PING && (flags & ACK) !== 0) this.#verdict.resolve(false);
    if (type === GOAWAY) this.#verdict.resolve(payload.readUInt32BE(4) === COMPRESSION_ERROR);
  }
}
