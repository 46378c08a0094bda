/** One stream of a connection: what calls of both kinds have in common. */
import type { CallHead } from './call-head.ts';
import { StreamError } from './errors.ts';
import { CODE } from './frame.ts';
import { inflateMessage } from './inflate.ts';
import { MessageReader, type MessageSink, PREFIX_BYTES } from './message-reader.ts';
import type { Metadata } from './metadata.ts';
import type { AbuseKind, Limits } from './options.ts';
import type { PartialMessages, ReceivingStream } from './partial-messages.ts';
import type { Peer } from './peer.ts';
import { ENCODINGS, initialBlock, trailerBlock, trailersOnlyBlock } from './response-heads.ts';
import type { IncomingCall, Status } from './route.ts';
import type { MetadataFields } from './metadata.ts';
import type { Sender, SendingStream } from './sender.ts';
import { DEFAULT_WINDOW } from './settings.ts';
import { STATUS } from './status-codes.ts';

/** What a stream needs of its connection. */
export interface StreamHost {
  readonly sender: Sender;
  readonly partials: PartialMessages;
  readonly limits: Limits;
  readonly peer: Peer;
  readonly now: () => number;
  /** The stream has ended on both sides or was reset; `code` is what the other side is to be told, if anything. */
  closed(stream: ServerStream, code: number | undefined): void;
  /** Nobody works any more for a stream that had been closed before. */
  settled(): void;
  /** A whole message has come. */
  gotMessage(): void;
  abuse(kind: AbuseKind): void;
}

export abstract class ServerStream implements IncomingCall, SendingStream, ReceivingStream, MessageSink {
  readonly id: number;
  readonly path: string;
  readonly metadata: Metadata;
  readonly receivedAt: number;
  readonly deadline: number;
  aborted = false;
  // Kept by the Sender.
  sendWindow: number;
  readonly waiting: Uint8Array[] = [];
  waitingOffset = 0;
  waitingBytes = 0;
  ending: Buffer | undefined;
  queued = false;
  sentAt = 0;
  // Kept by PartialMessages.
  receiveWindow = DEFAULT_WINDOW;
  reserved = 0;
  /** Closed: what still comes is of no use. */
  over = false;
  /** The route has the call and has not ended it. */
  working = false;
  /** The request has ended. */
  remoteEnded = false;
  protected readonly host: StreamHost;
  /** The last status is on its way. */
  protected localEnded = false;
  protected initialSent = false;
  /** When what is waited for began; Infinity while nothing is. */
  protected waitingSince = Infinity;
  readonly #head: CallHead;
  readonly #reader: MessageReader;
  #dataBytes = 0;
  /** Messages are unpacked one after the other; what follows waits, too. */
  #unpacking: Promise<void> | undefined;

  constructor(host: StreamHost, id: number, head: CallHead) {
    this.host = host;
    this.id = id;
    this.path = head.path;
    this.metadata = head.metadata;
    this.#head = head;
    this.receivedAt = host.now();
    this.deadline = this.receivedAt + head.timeoutMs;
    this.sendWindow = host.sender.peer.initialWindow;
    this.#reader = new MessageReader(this, host.limits.maxMessageBytes);
  }

  get signal(): { readonly aborted: boolean } {
    return this;
  }

  get peer(): Peer {
    return this.host.peer;
  }

  get missing(): number {
    return this.#reader.missing;
  }

  abstract readonly holdsBack: boolean;

  /** Hands the call to its route, where that wants it before its messages. */
  abstract begin(): void;

  /** The next bytes of the body. */
  protected body(chunk: Buffer, from: number, to: number): void {
    this.#reader.push(chunk, from, to);
  }

  /** A whole message, unpacked. What it had reserved is released once the route has it. */
  protected abstract deliver(bytes: Buffer): void;

  /** The last message was delivered, and no other comes. */
  protected abstract lastDelivered(): void;

  /** The stream was closed before its route had ended it. */
  protected abstract cutOff(): void;

  abstract progressed(): void;

  /** A piece of the request's body: from `from` to `to` of the chunk. */
  data(chunk: Buffer, from: number, to: number): void {
    if (this.over || this.localEnded) return;
    this.#dataBytes += to - from;
    this.body(chunk, from, to);
    if (this.waitingSince === Infinity && this.#reader.partial) this.waitingSince = this.host.now();
    this.host.partials.arrived(this);
  }

  /** The request has ended. Throws StreamError where it is not as long as it said. */
  endOfBody(): void {
    this.remoteEnded = true;
    this.waitingSince = Infinity;
    const { contentLength } = this.#head;
    if (contentLength !== -1 && contentLength !== this.#dataBytes && !this.localEnded) {
      throw new StreamError(CODE.protocolError, 'content-length is not the length of the body');
    }
    if (this.over) return;
    if (this.localEnded) this.#closeIfDone();
    else if (this.#reader.partial) this.refuse(STATUS.internal, 'the request ended in the middle of a message');
    else if (this.#unpacking === undefined) this.lastDelivered();
  }

  message(bytes: Buffer, compressed: boolean): void {
    this.host.gotMessage();
    if (!compressed && this.#unpacking === undefined) {
      this.deliver(bytes);
      return;
    }
    const before = this.#unpacking ?? Promise.resolve();
    const mine = before
      .then(() => this.#unpack(bytes, compressed))
      .then(() => {
        if (this.#unpacking !== mine) return;
        this.#unpacking = undefined;
        if (this.remoteEnded && !this.over && !this.localEnded) this.lastDelivered();
      });
    this.#unpacking = mine;
  }

  tooLarge(bytes: number): void {
    const { maxMessageBytes } = this.host.limits;
    this.refuse(STATUS.resourceExhausted, `the message has ${bytes} bytes; at most ${maxMessageBytes} are taken`);
  }

  sentAll(): void {
    this.#closeIfDone();
  }

  /** Ends the stream at once. `code`: what the other side is told; undefined: it knows. */
  close(code: number | undefined): void {
    if (this.over) return;
    this.over = true;
    if (!this.localEnded) this.aborted = true;
    this.#reader.stop();
    this.host.partials.release(this);
    this.host.sender.drop(this);
    this.host.closed(this, code);
    if (this.working || !this.localEnded) this.cutOff();
  }

  /** What has lasted too long, if anything. */
  overdue(now: number): 'slow_message' | 'slow_reader' | undefined {
    const { messageTimeoutMs, sendTimeoutMs } = this.host.limits;
    if (now - this.waitingSince > messageTimeoutMs) return 'slow_message';
    if (this.waitingBytes > 0 && now - this.sentAt > sendTimeoutMs) return 'slow_reader';
    return undefined;
  }

  /** Ends the call for the transport's own reasons. */
  refuse(code: number, message: string): void {
    if (this.over || this.localEnded) return;
    this.sendEnd({ code, message });
  }

  /** No message is being unpacked. */
  protected get allUnpacked(): boolean {
    return this.#unpacking === undefined;
  }

  /** What waits to be sent is of no use any more. */
  protected dropWaiting(): void {
    this.host.sender.drop(this);
  }

  /** The message just sent was the last. */
  protected endAfterMessage(trailers: Buffer): void {
    this.localEnded = true;
    if (this.waitingBytes > 0) {
      this.ending = trailers;
      return;
    }
    this.host.sender.headers(this.id, trailers, true);
    this.#closeIfDone();
  }

  /** True: the call is over, and whoever ends it does so in vain. */
  protected settle(): boolean {
    const wasWorking = this.working;
    this.working = false;
    if (this.over && wasWorking) this.host.settled();
    return this.over || this.localEnded;
  }

  /** False: too much waits already, and the call was ended for it. */
  protected sendMessage(parts: readonly Uint8Array[], initial: MetadataFields | undefined): boolean {
    const { sender, limits } = this.host;
    let bytes = PREFIX_BYTES;
    for (const part of parts) bytes += part.length;
    if (sender.unsent > 0 && sender.unsent + bytes > limits.maxUnsentBytes) {
      this.host.abuse('unsent_bytes');
      const message = `${sender.unsent} bytes of replies wait for this connection to take them; read faster`;
      this.sendEnd({ code: STATUS.resourceExhausted, message });
      return false;
    }
    this.sendHead(initial);
    if (sender.fits(this, bytes)) {
      sender.message(this, parts, bytes);
    } else {
      this.waiting.push(prefixOf(bytes - PREFIX_BYTES), ...parts);
      sender.enqueue(this, bytes);
    }
    return true;
  }

  protected sendHead(initial: MetadataFields | undefined): void {
    if (this.initialSent) return;
    this.initialSent = true;
    this.host.sender.headers(this.id, initialBlock(initial), false);
  }

  /** The status goes once what waits has gone. */
  protected sendEnd(status: Status): void {
    this.endAfterMessage(this.initialSent ? trailerBlock(status) : trailersOnlyBlock(status));
  }

  async #unpack(bytes: Buffer, compressed: boolean): Promise<void> {
    if (this.#isDone()) return;
    if (!compressed) {
      this.deliver(bytes);
      return;
    }
    const { encoding } = this.#head;
    if (!ENCODINGS.includes(encoding)) {
      this.refuse(STATUS.internal, 'a message says that it is compressed, and grpc-encoding does not say how');
      return;
    }
    const { maxMessageBytes } = this.host.limits;
    const wanted = (): boolean => !this.#isDone();
    const result = await inflateMessage(encoding, bytes, { maxBytes: maxMessageBytes, wanted });
    if (this.#isDone()) return;
    if (result.kind === 'bytes') this.deliver(result.bytes);
    else if (result.kind === 'broken') this.refuse(STATUS.internal, `the message is not ${encoding}: ${result.reason}`);
    else this.refuse(STATUS.resourceExhausted, `the message is larger than ${maxMessageBytes} bytes once unpacked`);
  }

  #isDone(): boolean {
    return this.over || this.localEnded;
  }

  /** The status has gone. A client that is still sending is told to stop (RFC 9113, 8.1). */
  #closeIfDone(): void {
    if (!this.localEnded || this.waitingBytes > 0 || this.ending !== undefined) return;
    this.close(this.remoteEnded ? undefined : CODE.noError);
  }
}

function prefixOf(bytes: number): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(bytes, 1);
  return prefix;
}
