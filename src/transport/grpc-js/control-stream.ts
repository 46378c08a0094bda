/** One serve process at the control door: its hello, its reports, and the updates that wait for it to take them. */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import type { ControlHub, HubConnection } from '../../control/hub-port.ts';
import type { DesiredUpdate } from '../../control/messages.ts';
import { sizeOfUpdate, splitUpdate } from '../../control/split-update.ts';
import { ServerError } from '../../domain/errors.ts';
import { formatUpdate, parseHello, parseReport } from '../codec/control-codec.ts';
import type { DesiredUpdate as WireUpdate } from '../gen/sluice/control/v1/DesiredUpdate.ts';
import type { InstanceMessage__Output as WireMessage } from '../gen/sluice/control/v1/InstanceMessage.ts';
import { CallEnd } from './call-end.ts';
import { MalformedMessage } from './codec.ts';
import { resetStream } from './connections.ts';
import type { DoorHooks } from '../hooks.ts';
import type { OpenStreams } from '../open-streams.ts';
import { errorOf } from './unary.ts';

export interface ControlStreamOptions {
  /** `package.Service/Method`. */
  readonly method: string;
  readonly hub: ControlHub;
  readonly hooks: DoorHooks;
  readonly openStreams: OpenStreams;
  /** Changes that may wait for a receiver, beyond the whole that it gets first; more, and it has to start anew. */
  readonly maxWaitingBytes: number;
}

/** Whoever connects says who it is within this time. */
const HELLO_TIMEOUT_MS = 10_000;
/** A status that has not gone out by then is not waited for. */
const STATUS_TIMEOUT_MS = 5000;

export type SyncStream = ServerDuplexStream<WireMessage | MalformedMessage, WireUpdate>;

export class ControlStream {
  readonly #stream: SyncStream;
  readonly #options: ControlStreamOptions;
  readonly #end: CallEnd;
  readonly #helloTimer: NodeJS.Timeout;
  #connection: HubConnection | undefined;
  #waiting: { readonly update: DesiredUpdate; readonly size: number }[] = [];
  #waitingBytes = 0;
  #writing = false;
  /** The whole desired state is told first, however large it is. */
  #toldWhole = false;

  constructor(stream: SyncStream, options: ControlStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#end = new CallEnd(options.method, stream, options.hooks, () => {
      this.#forget();
    });
    this.#helloTimer = setTimeout(() => {
      this.#fail(new ServerError('deadline_exceeded', `no hello came within ${HELLO_TIMEOUT_MS / 1000} s`));
    }, HELLO_TIMEOUT_MS);
    stream.on('data', (message: WireMessage | MalformedMessage) => {
      this.#take(message);
    });
    stream.on('end', () => {
      if (this.#end.succeed()) stream.end();
      this.#forget();
    });
    options.openStreams.add(this);
  }

  leave(): void {
    this.#fail(new ServerError('unavailable', 'the admin process is shutting down; connect again'));
  }

  #take(message: WireMessage | MalformedMessage): void {
    if (this.#end.over) return;
    try {
      if (message instanceof MalformedMessage) throw message.error;
      if (this.#connection === undefined) this.#greet(message);
      else this.#connection.receive(reportOf(message));
    } catch (caught) {
      this.#fail(caught);
    }
  }

  #greet({ hello }: WireMessage): void {
    if (hello === null) throw new ServerError('invalid_argument', 'the first message has no hello; send it first');
    clearTimeout(this.#helloTimer);
    const connection = this.#options.hub.connect(parseHello(hello), (update) => {
      this.#send(update);
    });
    if (this.#end.over) {
      connection.disconnected();
      return;
    }
    this.#connection = connection;
    // It knows by the headers that it was let in.
    this.#stream.sendMetadata(new Metadata());
    this.#write();
  }

  #send(update: DesiredUpdate): void {
    if (this.#end.over) return;
    for (const part of splitUpdate(update)) {
      const size = this.#toldWhole ? sizeOfUpdate(part) : 0;
      this.#waiting.push({ update: part, size });
      this.#waitingBytes += size;
    }
    if (!update.more) this.#toldWhole = true;
    if (this.#waitingBytes > this.#options.maxWaitingBytes) this.#giveUp();
    else this.#write();
  }

  /** Encodes one part at a time, so that what waits costs no more than the hub's own copy of it. */
  #write(): void {
    if (this.#writing || this.#connection === undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#writing = true;
    this.#stream.write(formatUpdate(next.update), () => {
      this.#writing = false;
      this.#waitingBytes -= next.size;
      this.#write();
    });
  }

  #giveUp(): void {
    const message = `it has not taken ${this.#options.maxWaitingBytes} bytes of changes; it is told everything anew`;
    if (this.#end.fail(new ServerError('resource_exhausted', message)) === undefined) return;
    resetStream(this.#stream);
    this.#forget();
  }

  #fail(caught: unknown): void {
    const status = this.#end.fail(caught);
    if (status === undefined) return;
    // A part that it does not take would hold the status up for ever.
    const timer = setTimeout(resetStream, STATUS_TIMEOUT_MS, this.#stream);
    this.#stream.on('cancelled', () => {
      clearTimeout(timer);
    });
    this.#stream.emit('error', errorOf(status));
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#helloTimer);
    this.#options.openStreams.delete(this);
    this.#waiting = [];
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.disconnected();
  }
}

function reportOf(message: WireMessage) {
  if (message.hello === null) return parseReport(message);
  throw new ServerError('invalid_argument', 'a second hello came; open another stream for another instance');
}
