/** What the other side's frames do: calls begin, go on and end; windows grow; rules that are broken are named. */
import { DataFrame } from './data-frame.ts';
import { flowControlError, frameSizeError, protocolError, StreamError } from './errors.ts';
import { CODE, FLAG, FRAME, frameOf, windowUpdateFrame } from './frame.ts';
import type { FrameSink } from './frame-reader.ts';
import type { InboundHost } from './inbound-host.ts';
import { COST } from './overhead.ts';
import { Requests } from './requests.ts';
import { DEFAULT_WINDOW, readSettings } from './settings.ts';
import { closedStream } from './streams.ts';

/** Bytes of bodies that the other side may send on all streams together before they are read. */
const CONNECTION_WINDOW = 4 * 2 ** 20;

/** A smaller DATA frame, unless it ends its stream, costs as much as one without a body. */
const SMALL_DATA_BYTES = 64;

export class Inbound implements FrameSink {
  readonly #host: InboundHost;
  readonly #requests: Requests;
  readonly #data = new DataFrame();
  #window = DEFAULT_WINDOW;
  #settled = false;

  constructor(host: InboundHost) {
    this.#host = host;
    this.#requests = new Requests(host);
  }

  /** Since when a block of headers waits for its end; undefined when none does. */
  get blockSince(): number | undefined {
    return this.#requests.blockSince;
  }

  /** Makes the connection's window as large as it is to be; with the first frames that are sent. */
  openWindow(): void {
    this.#host.outbox.bytes(windowUpdateFrame(0, CONNECTION_WINDOW - this.#window));
    this.#window = CONNECTION_WINDOW;
  }

  dataHead(id: number, flags: number, length: number): void {
    this.#requests.expectNoBlock();
    const { streams } = this.#host;
    streams.checkUsed(id, 'DATA');
    this.#window -= length;
    if (this.#window < 0) throw flowControlError('more data than the connection has window for');
    const stream = streams.get(id);
    this.#data.begin(stream, flags, length);
    if (length < SMALL_DATA_BYTES && (flags & FLAG.endStream) === 0) this.#host.spend(COST.frame);
    if (stream === undefined) {
      if (streams.wasReset(id)) this.#host.spend(COST.frame);
      else this.#host.streamError(id, closedStream('DATA'));
      return;
    }
    if (stream.remoteEnded) {
      this.#data.stream = undefined;
      this.#host.streamError(id, closedStream('DATA'));
      return;
    }
    stream.receiveWindow -= length;
    if (stream.receiveWindow >= 0) return;
    this.#data.stream = undefined;
    this.#host.abuse('flow_control');
    this.#host.streamError(id, new StreamError(CODE.flowControlError, 'more data than the stream has window for'));
  }

  dataPiece(chunk: Buffer, from: number, to: number): void {
    this.#data.piece(chunk, from, to);
  }

  dataEnd(): void {
    const { stream, endStream } = this.#data;
    this.#data.stream = undefined;
    if (this.#window < CONNECTION_WINDOW / 2) this.openWindow();
    if (stream !== undefined && endStream) this.#requests.endOf(stream);
  }

  frame(type: number, flags: number, id: number, payload: Buffer): void {
    if (!this.#settled && type !== FRAME.settings) throw protocolError('the first frame is not SETTINGS');
    if (type === FRAME.headers) {
      this.#requests.headers(flags, id, payload);
      return;
    }
    if (type === FRAME.continuation) {
      this.#requests.continuation(flags, id, payload);
      return;
    }
    this.#requests.expectNoBlock();
    this.#host.spend(COST.frame);
    switch (type) {
      case FRAME.priority:
        this.#priority(id, payload);
        return;
      case FRAME.rstStream:
        this.#rstStream(id, payload);
        return;
      case FRAME.settings:
        this.#settings(flags, id, payload);
        return;
      case FRAME.pushPromise:
        throw protocolError('a client pushes nothing');
      case FRAME.ping:
        this.#ping(flags, id, payload);
        return;
      case FRAME.goaway:
        if (id !== 0) throw protocolError(`GOAWAY on stream ${id}`);
        return;
      case FRAME.windowUpdate:
        this.#windowUpdate(id, payload);
        return;
      default:
        // Unknown types are ignored (RFC 9113, 5.5).
        return;
    }
  }

  #priority(id: number, payload: Buffer): void {
    if (id === 0) throw protocolError('PRIORITY on stream 0');
    if (payload.length !== 5) {
      this.#host.streamError(id, new StreamError(CODE.frameSizeError, `PRIORITY of ${payload.length} bytes`));
    } else if ((payload.readUInt32BE(0) & 0x7fffffff) === id) {
      this.#host.streamError(id, new StreamError(CODE.protocolError, 'a stream that depends on itself'));
    }
  }

  #rstStream(id: number, payload: Buffer): void {
    const { streams } = this.#host;
    if (payload.length !== 4) throw frameSizeError(`RST_STREAM of ${payload.length} bytes`);
    streams.checkUsed(id, 'RST_STREAM');
    streams.get(id)?.close(undefined);
  }

  #settings(flags: number, id: number, payload: Buffer): void {
    if (id !== 0) throw protocolError(`SETTINGS on stream ${id}`);
    this.#settled = true;
    if ((flags & FLAG.ack) !== 0) {
      if (payload.length > 0) throw frameSizeError('an acknowledgement of SETTINGS with a payload');
      return;
    }
    this.#host.spend(COST.settings);
    const { sender, streams, outbox } = this.#host;
    const before = sender.peer.initialWindow;
    sender.setPeer(readSettings(payload, sender.peer));
    // Before any data that the new windows release.
    outbox.bytes(frameOf(FRAME.settings, FLAG.ack, 0, new Uint8Array(0)));
    const more = sender.peer.initialWindow - before;
    if (more === 0) return;
    for (const stream of [...streams.all()]) {
      if (!sender.grant(stream, more)) throw flowControlError('SETTINGS_INITIAL_WINDOW_SIZE makes a window too large');
    }
  }

  #ping(flags: number, id: number, payload: Buffer): void {
    if (id !== 0) throw protocolError(`PING on stream ${id}`);
    if (payload.length !== 8) throw frameSizeError(`PING of ${payload.length} bytes`);
    if ((flags & FLAG.ack) !== 0) this.#host.pingAnswered(payload);
    else this.#host.outbox.bytes(frameOf(FRAME.ping, FLAG.ack, 0, payload));
  }

  #windowUpdate(id: number, payload: Buffer): void {
    const { sender, streams } = this.#host;
    if (payload.length !== 4) throw frameSizeError(`WINDOW_UPDATE of ${payload.length} bytes`);
    const bytes = payload.readUInt32BE(0) & 0x7fffffff;
    if (id === 0) {
      if (bytes === 0) throw protocolError('a WINDOW_UPDATE of nothing');
      if (!sender.grantConnection(bytes)) throw flowControlError('a window larger than 2^31-1');
      return;
    }
    streams.checkUsed(id, 'WINDOW_UPDATE');
    const stream = streams.get(id);
    if (bytes === 0) {
      this.#host.streamError(id, new StreamError(CODE.protocolError, 'a WINDOW_UPDATE of nothing'));
    } else if (stream !== undefined && !sender.grant(stream, bytes)) {
      this.#host.streamError(id, new StreamError(CODE.flowControlError, 'a window larger than 2^31-1'));
    }
  }
}
