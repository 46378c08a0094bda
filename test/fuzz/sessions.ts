/** What a hostile or broken client may send on a connection, made from random numbers: same numbers, same bytes. */
import { deflateSync, gzipSync } from 'node:zlib';
import { BIG, CHAT, ECHO, HOLD, SLOW } from '../support/h2-routes.ts';
import type { Prng } from '../support/prng.ts';
import {
  callHeaders,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  grpcMessage,
  kept,
  literal,
  openCall,
  PREFACE,
  rstStream,
  SETTING,
  settings,
  TYPE,
  uint32,
  windowUpdate,
} from '../support/raw-h2.ts';

const MAX_FRAMES = 60;
const MAX_PAYLOAD = 400;
const MAX_RANDOM_BYTES = 4000;

export class Fuzz {
  readonly #random: Prng;
  /** Calls begun in this session. */
  #opened = 0;

  constructor(random: Prng) {
    this.#random = random;
  }

  /** The bytes of one connection. */
  session(): Buffer {
    this.#opened = 0;
    const kind = this.#below(20);
    if (kind === 0) return this.#bytes(this.#below(MAX_RANDOM_BYTES));
    if (kind === 1) return Buffer.concat([PREFACE, this.#bytes(this.#below(MAX_RANDOM_BYTES))]);
    if (kind <= 6) return this.#mutate(this.goodSession());
    const oddity = this.#pick([0, 0.01, 0.1]);
    return Buffer.concat([greeting(), ...this.#times(() => this.#part(oddity))]);
  }

  /** Calls that keep to the rules, in frames cut anywhere. */
  goodSession(): Buffer {
    const calls = 1 + this.#below(6);
    const parts = [greeting(), windowUpdate(0, 2 ** 24)];
    this.#opened = 0;
    for (let index = 0; index < calls; index += 1) parts.push(...this.#goodCall());
    return Buffer.concat(parts);
  }

  /** The same bytes in pieces. */
  chunks(bytes: Buffer, most: number): Buffer[] {
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const next = at + 1 + this.#below(most);
      chunks.push(bytes.subarray(at, next));
      at = next;
    }
    return chunks;
  }

  /** Something that may come after the greeting; with this probability it breaks a rule of the connection. */
  #part(oddity: number): Buffer {
    if (this.#chance(oddity)) return this.#strangeFrame();
    if (this.#chance(0.3)) return Buffer.concat(this.#goodCall());
    return this.#chance(0.6) ? this.#oddCall() : this.#lawfulFrame();
  }

  #goodCall(): Buffer[] {
    const stream = this.#newStream();
    const path = this.#pick([ECHO, BIG, CHAT, CHAT, '/no.Such/Method']);
    const messages = path === CHAT ? this.#below(4) : 1;
    const length = (): number => (this.#chance(0.2) ? this.#below(40_000) : this.#below(40));
    const body = Array.from({ length: messages }, () =>
      grpcMessage(path === BIG ? uint32(this.#below(30_000)) : this.#bytes(length())),
    );
    const meta = Array.from(
      { length: this.#below(4) },
      (_, at) => [`x-meta-${at}`, 'v'.repeat(this.#below(90))] as const,
    );
    const block = Buffer.concat([callHeaders(path, ...meta), ...(this.#chance(0.3) ? [kept('x-kept', 'value')] : [])]);
    const pieces = this.chunks(Buffer.concat(body), this.#chance(0.3) ? 50 : 16_000).map((piece) =>
      data(stream, piece),
    );
    return [this.#headers(stream, block), ...pieces, data(stream, Buffer.alloc(0), END_STREAM)];
  }

  /** HEADERS, and sometimes CONTINUATIONs. */
  #headers(stream: number, block: Buffer): Buffer {
    if (this.#chance(0.7)) return frame(TYPE.headers, END_HEADERS, stream, block);
    const cut = this.#below(block.length);
    const rest = this.chunks(block.subarray(cut), block.length);
    return Buffer.concat([
      frame(TYPE.headers, 0, stream, block.subarray(0, cut)),
      ...rest.map((part, at) => frame(TYPE.continuation, at === rest.length - 1 ? END_HEADERS : 0, stream, part)),
    ]);
  }

  /** A call with something wrong or unusual about it. */
  #oddCall(): Buffer {
    const stream = this.#newStream();
    const path = this.#pick([ECHO, SLOW, BIG, CHAT, HOLD]);
    const headers = this.#pick<() => Buffer>([
      () => openCall(stream, path),
      () => openCall(stream, path, ['grpc-timeout', this.#pick(['1m', '0n', '99999999H', '-1S', 'x', ''])]),
      () => openCall(stream, path, ['grpc-encoding', this.#pick(['gzip', 'deflate', 'br', ''])]),
      () => openCall(stream, path, ['content-length', this.#pick(['0', '7', '-1', '99999999999999999'])]),
      () => openCall(stream, path, [this.#pick(['x-bin', ':late', 'Upper', 'connection', 'te', '']), '\x00\r\n\xff']),
      () =>
        frame(TYPE.headers, END_HEADERS, stream, Buffer.concat([literal(':method', 'GET'), literal(':path', path)])),
      () => frame(TYPE.headers, END_HEADERS | (this.#below(256) & ~0x28), stream, callHeaders(path)),
      () =>
        frame(
          TYPE.headers,
          END_HEADERS | 0x20,
          stream,
          Buffer.concat([uint32(1), Buffer.from([9]), callHeaders(path)]),
        ),
      () =>
        frame(TYPE.headers, END_HEADERS | 0x8, stream, Buffer.concat([Buffer.from([3]), callHeaders(path), uint32(0)])),
    ])();
    const bytes = this.#bytes(this.#below(60));
    const packed = this.#pick([bytes, bytes, gzipSync(bytes), deflateSync(bytes), this.#mutate(gzipSync(bytes))]);
    const message = grpcMessage(packed, this.#chance(0.1) ? this.#below(2 ** 32) : undefined);
    message[0] = this.#pick([0, 1, 1, this.#below(256)]);
    const after = this.#pick<() => Buffer>([
      () => Buffer.alloc(0),
      () => data(stream, Buffer.alloc(0), END_STREAM),
      () => rstStream(stream, this.#below(16)),
      () => openCall(stream, path),
      () => windowUpdate(stream, this.#pick([0, 1, 2 ** 31 - 1])),
    ]);
    return Buffer.concat([headers, data(stream, message, this.#below(2)), after()]);
  }

  /** What a client may send at any time, whether it makes sense or not. */
  #lawfulFrame(): Buffer {
    const stream = this.#usedStream();
    return this.#pick<() => Buffer>([
      () => windowUpdate(0, 1 + this.#below(1000)),
      () => windowUpdate(stream, this.#pick([0, 1, 2 ** 31 - 1])),
      () => frame(TYPE.priority, 0, stream, Buffer.concat([uint32(this.#usedStream()), Buffer.from([7])])),
      () => rstStream(stream, this.#below(16)),
      () => settings([SETTING.initialWindowSize, this.#pick([0, 1, 65_535, 2 ** 24])]),
      () => settings([SETTING.headerTableSize, this.#below(10_000)], [0xf0, this.#below(2 ** 32)]),
      () => settings([SETTING.maxFrameSize, 16_384 + this.#below(100_000)]),
      () => frame(TYPE.ping, this.#below(2), 0, this.#bytes(8)),
      () => frame(10 + this.#below(246), this.#below(256), this.#below(100), this.#bytes(this.#below(MAX_PAYLOAD))),
      () => data(stream, this.#bytes(this.#below(MAX_PAYLOAD)), this.#below(2)),
      () => frame(TYPE.data, 0x8, stream, Buffer.concat([Buffer.from([5]), this.#bytes(5 + this.#below(50))])),
    ])();
  }

  #strangeFrame(): Buffer {
    const type = this.#chance(0.95) ? this.#below(10) : this.#below(256);
    const stream = this.#chance(0.2) ? 0 : this.#usedStream();
    const flags = this.#pick([0, END_STREAM, END_HEADERS, END_STREAM | END_HEADERS, this.#below(256)]);
    const payload = this.#payload(type);
    const told = this.#chance(0.05) ? this.#below(2 ** 24) : payload.length;
    return frame(type, flags, stream, payload, told);
  }

  /** Often of the length that the type asks for. */
  #payload(type: number): Buffer {
    if (this.#chance(0.15)) return this.#bytes(this.#below(MAX_PAYLOAD));
    if (type === TYPE.settings) return settings([this.#below(8), this.#below(2 ** 32)]).subarray(9);
    if (type === TYPE.windowUpdate) return uint32(this.#pick([0, 1, this.#below(2 ** 31), 2 ** 31 - 1]));
    if (type === TYPE.priority) return this.#bytes(5);
    if (type === TYPE.rstStream) return uint32(this.#below(16));
    if (type === TYPE.ping || type === TYPE.goaway) return this.#bytes(8);
    if (type === TYPE.headers) return callHeaders(this.#pick([ECHO, CHAT, BIG]));
    return this.#bytes(this.#below(MAX_PAYLOAD));
  }

  #mutate(bytes: Buffer): Buffer {
    let mutated = Buffer.from(bytes);
    for (let count = this.#below(6); count >= 0; count -= 1) {
      const at = this.#below(mutated.length + 1);
      const to = Math.min(mutated.length, at + this.#below(40));
      const kind = this.#below(4);
      if (kind === 0 && at < mutated.length) mutated[at] = this.#below(256);
      else if (kind === 1) mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(to)]);
      else if (kind === 2) mutated = Buffer.concat([mutated.subarray(0, to), mutated.subarray(at)]);
      else mutated = Buffer.concat([mutated.subarray(0, at), this.#bytes(this.#below(20)), mutated.subarray(at)]);
    }
    return mutated;
  }

  #newStream(): number {
    this.#opened += 1;
    return 2 * this.#opened - 1;
  }

  /** Mostly one that was opened. */
  #usedStream(): number {
    return this.#chance(0.98) ? 2 * this.#below(Math.max(1, this.#opened)) + 1 : this.#below(2 ** 31);
  }

  #times(make: () => Buffer): Buffer[] {
    return Array.from({ length: 1 + this.#below(MAX_FRAMES) }, make);
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#below(values.length)]!;
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  #bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length + 3);
    for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(this.#random.next() * 2 ** 32, at);
    return bytes.subarray(0, length);
  }
}

/** The preface, SETTINGS with windows that never hold a reply back, and the acknowledgement of the server's. */
function greeting(): Buffer {
  return Buffer.concat([
    PREFACE,
    settings([SETTING.initialWindowSize, 2 ** 24]),
    frame(TYPE.settings, 1, 0, Buffer.alloc(0)),
  ]);
}
