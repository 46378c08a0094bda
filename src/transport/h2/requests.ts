/** Blocks of headers, and what they make: calls, or refusals of calls. */
import { type CallHead, checkTrailers, readCallHead } from './call-head.ts';
import { DuplexStream } from './duplex-stream.ts';
import { ConnectionError, frameSizeError, protocolError, StreamError } from './errors.ts';
import { CODE, FLAG } from './frame.ts';
import { HeaderBlocks } from './header-blocks.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import type { HeaderList } from './hpack/header-list.ts';
import { HpackError } from './hpack/hpack-error.ts';
import type { InboundHost } from './inbound-host.ts';
import { COST, CREDIT } from './overhead.ts';
import { NotGrpcStream } from './not-grpc-stream.ts';
import { ENCODINGS, trailersOnlyBlock } from './response-heads.ts';
import type { Route } from './route.ts';
import type { ServerStream } from './server-stream.ts';
import { STATUS } from './status-codes.ts';
import { closedStream } from './streams.ts';
import { UnaryStream } from './unary-stream.ts';

/** The protocol's default; a larger table would be memory that every connection may ask for. */
const MAX_TABLE_BYTES = 4096;
const MAX_FIELDS = 256;

export class Requests {
  readonly #host: InboundHost;
  readonly #decoder: HpackDecoder;
  readonly #blocks: HeaderBlocks;

  constructor(host: InboundHost) {
    this.#host = host;
    const { maxHeaderBytes } = host.limits;
    this.#decoder = new HpackDecoder({
      maxTableBytes: MAX_TABLE_BYTES,
      maxListBytes: maxHeaderBytes,
      maxFields: MAX_FIELDS,
    });
    this.#blocks = new HeaderBlocks(maxHeaderBytes);
  }

  /** Since when a block of headers waits for its end; undefined when none does. */
  get blockSince(): number | undefined {
    return this.#blocks.open?.since;
  }

  /** To be called for every frame that continues no block. */
  expectNoBlock(): void {
    if (this.#blocks.open !== undefined) throw protocolError('another frame in the middle of a header block');
  }

  headers(flags: number, id: number, payload: Buffer): void {
    this.expectNoBlock();
    if (id === 0) throw protocolError('HEADERS on stream 0');
    let from = 0;
    let padding = 0;
    if ((flags & FLAG.padded) !== 0) {
      padding = payload[0] ?? 0;
      from = 1;
    }
    let dependsOnItself = false;
    if ((flags & FLAG.priority) !== 0) {
      if (payload.length < from + 5) throw frameSizeError('HEADERS without room for its priority');
      dependsOnItself = (payload.readUInt32BE(from) & 0x7fffffff) === id;
      from += 5;
    }
    if (from + padding > payload.length) throw protocolError('HEADERS with more padding than payload');
    const fragment = from === 0 && padding === 0 ? payload : payload.subarray(from, payload.length - padding);
    const endStream = (flags & FLAG.endStream) !== 0;
    if ((flags & FLAG.endHeaders) === 0) {
      this.#blocks.begin({ stream: id, endStream, since: this.#host.now() }, fragment);
      return;
    }
    this.#block(id, fragment, endStream, dependsOnItself);
  }

  continuation(flags: number, id: number, payload: Buffer): void {
    const { open } = this.#blocks;
    if (open?.stream !== id) throw protocolError(`CONTINUATION on stream ${id} without a block to continue`);
    this.#blocks.add(payload);
    if ((flags & FLAG.endHeaders) !== 0) this.#block(id, this.#blocks.end(), open.endStream, false);
  }

  /** A whole block. It is decoded whatever becomes of it, since the next one builds on it. */
  #block(id: number, block: Buffer, endStream: boolean, dependsOnItself: boolean): void {
    const list = this.#decode(block);
    const stream = this.#host.streams.get(id);
    try {
      if (dependsOnItself) throw new StreamError(CODE.protocolError, 'a stream that depends on itself');
      if (stream !== undefined) this.#trailers(stream, list, endStream);
      else if (this.#host.streams.wasReset(id)) this.#host.spend(COST.frame);
      else this.#request(id, list, endStream);
    } catch (caught) {
      if (!(caught instanceof StreamError)) throw caught;
      this.#host.streamError(id, caught);
    }
  }

  #decode(block: Buffer): HeaderList {
    try {
      return this.#decoder.decode(block);
    } catch (caught) {
      if (!(caught instanceof HpackError)) throw caught;
      if (caught.kind === 'too_large') throw new ConnectionError(CODE.enhanceYourCalm, 'header_list', caught.message);
      throw new ConnectionError(CODE.compressionError, 'compression', caught.message);
    }
  }

  #trailers(stream: ServerStream, list: HeaderList, endStream: boolean): void {
    if (stream.remoteEnded) throw closedStream('HEADERS');
    if (!endStream) throw new StreamError(CODE.protocolError, 'headers in the middle of a body');
    checkTrailers(list);
    this.endOf(stream);
  }

  #request(id: number, list: HeaderList, endStream: boolean): void {
    const host = this.#host;
    host.streams.use(id);
    const head = readCallHead(list);
    if (host.refusesStreams || host.streams.atWork >= host.limits.maxConcurrentStreams) {
      // Less work than any answer is, and no offence: a client cannot know of cancelled calls that are not done.
      if (!host.refusesStreams) host.abuse('refused_streams');
      host.reset(id, CODE.refusedStream);
      return;
    }
    host.overhead.earn(CREDIT.call);
    const route = host.routes.get(head.path);
    if (!head.isGrpc) this.#begin(new NotGrpcStream(host, id, head), endStream);
    else if (route === undefined) this.#refuse(id, STATUS.unimplemented, `no method ${head.path} is here`, endStream);
    else this.#open(id, head, route, endStream);
  }

  #open(id: number, head: CallHead, route: Route, endStream: boolean): void {
    if (Number.isNaN(head.timeoutMs)) {
      this.#refuse(id, STATUS.internal, 'grpc-timeout is not a number of at most 8 digits and a unit', endStream);
      return;
    }
    if (head.encoding !== '' && !ENCODINGS.includes(head.encoding)) {
      const message = `messages compressed as ${head.encoding} are not taken; use ${ENCODINGS.join(' or ')}`;
      this.#refuse(id, STATUS.unimplemented, message, endStream);
      return;
    }
    const host = this.#host;
    if (route.kind === 'unary') this.#begin(new UnaryStream(host, id, head, route), endStream);
    else this.#begin(new DuplexStream(host, id, head, route), endStream);
  }

  #begin(stream: ServerStream, endStream: boolean): void {
    this.#host.streams.add(stream);
    stream.begin();
    if (endStream) this.endOf(stream);
  }

  /** The request of this stream has ended. */
  endOf(stream: ServerStream): void {
    try {
      stream.endOfBody();
    } catch (caught) {
      if (!(caught instanceof StreamError)) throw caught;
      this.#host.streamError(stream.id, caught);
    }
  }

  #refuse(id: number, code: number, message: string, endStream: boolean): void {
    this.#host.sender.headers(id, trailersOnlyBlock({ code, message }), true);
    if (!endStream) this.#host.reset(id, CODE.noError);
  }
}
