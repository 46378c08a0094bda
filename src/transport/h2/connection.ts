/** One client's connection: its socket, its streams and its account, from the first byte to the last. */
import type { Socket } from 'node:net';
import { ConnectionError, type StreamError } from './errors.ts';
import { CODE, FRAME, frameOf, goawayFrame, rstStreamFrame, windowUpdateFrame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { Inbound } from './inbound.ts';
import type { InboundHost } from './inbound-host.ts';
import type { AbuseKind, Hooks, Limits } from './options.ts';
import { type FlushQueue, Outbox } from './outbox.ts';
import { COST, CREDIT, Overhead } from './overhead.ts';
import { PartialMessages } from './partial-messages.ts';
import { type Peer, peerOf } from './peer.ts';
import type { Routes } from './route.ts';
import { Sender } from './sender.ts';
import type { ServerStream } from './server-stream.ts';
import { settingsFrame } from './settings.ts';
import { Streams } from './streams.ts';

export interface ConnectionOptions {
  readonly routes: Routes;
  readonly limits: Limits;
  readonly hooks: Hooks;
  readonly now: () => number;
  readonly flushQueue: FlushQueue;
  /** Between -1 and 1: by how much of a tenth its age limit differs from others'. */
  readonly jitter: number;
  /** Called once, when the connection is gone. */
  readonly onClosed: (connection: Connection) => void;
}

/** "Every stream that you have opened will be answered": the highest number that a stream can have. */
const ANY_STREAM = 2 ** 31 - 1;

/** How long to wait for the answer to a ping before the second GOAWAY. Milliseconds. */
const LEAVE_PING_MS = 1000;

const LEAVE_PING = Buffer.from('leaving.');
const ALIVE_PING = Buffer.from('are you?');

export class Connection implements InboundHost {
  readonly routes: Routes;
  readonly limits: Limits;
  readonly peer: Peer;
  readonly now: () => number;
  readonly outbox: Outbox;
  readonly overhead: Overhead;
  readonly sender: Sender;
  readonly streams = new Streams();
  readonly partials: PartialMessages;
  readonly #socket: Socket;
  readonly #hooks: Hooks;
  readonly #reader: FrameReader;
  readonly #inbound: Inbound;
  readonly #onClosed: (connection: Connection) => void;
  readonly #openedAt: number;
  readonly #leavesAt: number;
  #heardAt: number;
  #waitingSince: number | undefined;
  #askedAt: number | undefined;
  #sentAt: number;
  #sentBytes = 0;
  /** undefined: it takes calls; else when it was asked to leave. */
  #leavingSince: number | undefined;
  /** When what its calls have not done by then is cut off. */
  #cutAt = Infinity;
  /** The last call that will be answered has been named. */
  #closing = false;
  #ended = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    const { routes, limits, hooks, now, flushQueue, jitter, onClosed } = options;
    this.routes = routes;
    this.limits = limits;
    this.now = now;
    this.peer = peerOf(socket);
    this.#socket = socket;
    this.#hooks = hooks;
    this.#onClosed = onClosed;
    this.#openedAt = this.#heardAt = this.#sentAt = now();
    this.#leavesAt = this.#openedAt + limits.maxConnectionAgeMs * (1 + jitter / 10);
    this.outbox = new Outbox(socket, flushQueue);
    this.overhead = new Overhead(this.#openedAt);
    this.sender = new Sender(this.outbox, this.overhead, now);
    this.partials = new PartialMessages(limits.maxPartialBytes, (stream, bytes) => {
      this.outbox.bytes(windowUpdateFrame(stream.id, bytes));
    });
    this.#inbound = new Inbound(this);
    this.#reader = new FrameReader(this.#inbound);
    this.outbox.bytes(settingsFrame(limits));
    this.#inbound.openWindow();
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
      letGo(chunk);
    });
    socket.on('drain', () => {
      this.sender.pump();
      if (!this.outbox.blocked) socket.resume();
    });
    socket.on('end', () => {
      this.#end();
    });
    // Its close follows; a client that goes away is no event.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#gone();
    });
  }

  get refusesStreams(): boolean {
    return this.#closing;
  }

  /** Looks at what takes too long; to be called about once a second. */
  tick(now: number): void {
    this.overhead.refill(now);
    if (this.#leavingSince === undefined && now >= this.#leavesAt) this.leave(this.limits.connectionAgeGraceMs);
    for (const stream of this.streams.all()) {
      const kind = stream.overdue(now);
      if (kind === undefined) continue;
      this.abuse(kind);
      stream.close(CODE.cancel);
    }
    const kind = this.#overdue(now);
    if (kind !== undefined) {
      this.abuse(kind);
      this.destroy();
    } else if (this.#leavingSince !== undefined) {
      if (now - this.#leavingSince > LEAVE_PING_MS) this.#nameLast();
      if (now > this.#cutAt) this.destroy();
    }
  }

  /**
   * Asks the client to go without losing a call, as RFC 9113 (6.8) advises: a first GOAWAY that promises to answer
   * everything, a ping to know that it was read, then the GOAWAY that names the last call taken. Calls that are not
   * done after `graceMs` are cut off; the last one to ask says how long that is.
   */
  leave(graceMs: number): void {
    const now = this.now();
    this.#cutAt = now + graceMs;
    if (this.#leavingSince !== undefined || this.#ended) return;
    this.#leavingSince = now;
    this.outbox.bytes(goawayFrame(ANY_STREAM, CODE.noError, ''));
    this.outbox.bytes(frameOf(FRAME.ping, 0, 0, LEAVE_PING));
  }

  /** Cuts the connection off. */
  destroy(): void {
    this.#socket.destroy();
  }

  // StreamHost, InboundHost

  closed(stream: ServerStream, code: number | undefined): void {
    this.streams.remove(stream, code !== undefined);
    if (code !== undefined) this.outbox.bytes(rstStreamFrame(stream.id, code));
    if (this.#closing) this.#endWhenIdle();
  }

  settled(): void {
    this.streams.settled();
  }

  gotMessage(): void {
    this.overhead.earn(CREDIT.message);
  }

  abuse(kind: AbuseKind): void {
    this.#hooks.onAbuse(kind);
  }

  reset(id: number, code: number): void {
    this.streams.remember(id);
    this.outbox.bytes(rstStreamFrame(id, code));
  }

  streamError(id: number, error: StreamError): void {
    this.spend(COST.brokenRule);
    const stream = this.streams.get(id);
    if (stream === undefined) this.reset(id, error.code);
    else stream.close(error.code);
  }

  spend(cost: number, kind: AbuseKind = 'control_frames'): void {
    if (this.overhead.spend(cost)) return;
    throw new ConnectionError(CODE.enhanceYourCalm, kind, 'too many frames that are no calls');
  }

  pingAnswered(payload: Buffer): void {
    if (LEAVE_PING.equals(payload)) this.#nameLast();
  }

  #read(chunk: Buffer): void {
    if (this.#ended) return;
    this.#heardAt = this.now();
    this.#askedAt = undefined;
    const { frames } = this.#reader;
    try {
      this.#reader.push(chunk);
    } catch (caught) {
      if (!(caught instanceof ConnectionError)) throw caught;
      this.#fail(caught);
      return;
    }
    if (!this.#reader.waiting) this.#waitingSince = undefined;
    else if (this.#reader.frames !== frames) this.#waitingSince = this.#heardAt;
    else this.#waitingSince ??= this.#heardAt;
    // Who does not read what he is sent is not read from: pings and settings would pile up their answers.
    if (this.outbox.blocked) this.#socket.pause();
  }

  #fail({ code, kind, message }: ConnectionError): void {
    this.abuse(kind);
    this.outbox.bytes(goawayFrame(this.streams.last, code, message));
    this.#end();
  }

  #nameLast(): void {
    if (this.#closing || this.#ended) return;
    this.#closing = true;
    this.outbox.bytes(goawayFrame(this.streams.last, CODE.noError, ''));
    this.#endWhenIdle();
  }

  #endWhenIdle(): void {
    if (this.streams.size === 0) this.#end();
  }

  /** Writes what there is, and closes. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.outbox.close();
    this.#socket.destroySoon();
    this.#closeStreams();
  }

  #gone(): void {
    this.#ended = true;
    this.outbox.close();
    this.#closeStreams();
    this.#onClosed(this);
  }

  #closeStreams(): void {
    for (const stream of [...this.streams.all()]) stream.close(undefined);
  }

  #overdue(now: number): AbuseKind | undefined {
    const { headersTimeoutMs, keepaliveMs, keepaliveTimeoutMs, sendTimeoutMs } = this.limits;
    const since = Math.min(this.#waitingSince ?? Infinity, this.#inbound.blockSince ?? Infinity);
    if (!this.#reader.greeted && now - this.#openedAt > headersTimeoutMs) return 'slow_headers';
    if (now - since > headersTimeoutMs) return 'slow_headers';
    const { sent } = this.outbox;
    if (sent !== this.#sentBytes || this.outbox.unsent === 0) {
      this.#sentBytes = sent;
      this.#sentAt = now;
    } else if (now - this.#sentAt > sendTimeoutMs) {
      return 'slow_reader';
    }
    if (this.#askedAt !== undefined) return now - this.#askedAt > keepaliveTimeoutMs ? 'keepalive' : undefined;
    if (now - this.#heardAt > keepaliveMs) {
      this.#askedAt = now;
      this.outbox.bytes(frameOf(FRAME.ping, 0, 0, ALIVE_PING));
    }
    return undefined;
  }
}

/** Smaller chunks are as cheap to collect. */
const LARGE_CHUNK_BYTES = 16 * 1024;

/**
 * Frees a chunk's memory at once. Whatever of it is needed longer was copied, and with large messages the collector
 * would have little else to do: each 64 KiB counts as memory outside of the heap until a collection finds it.
 */
function letGo({ buffer, byteLength }: Buffer): void {
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (isWhole && byteLength >= LARGE_CHUNK_BYTES) buffer.transfer(0);
}
