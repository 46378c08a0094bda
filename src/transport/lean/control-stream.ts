/** One serve process at the control door: its hello, its reports, and the updates that wait for it to take them. */
import type { ControlHub, HubConnection } from '../../control/hub-port.ts';
import type { DesiredUpdate } from '../../control/messages.ts';
import { sizeOfUpdate, splitUpdate } from '../../control/split-update.ts';
import { ServerError, toServerError } from '../../domain/errors.ts';
import { formatUpdate, parseHello, parseReport } from '../codec/control-codec.ts';
import type { DesiredUpdate as WireUpdate } from '../gen/sluice/control/v1/DesiredUpdate.ts';
import type { InstanceMessage__Output as WireMessage } from '../gen/sluice/control/v1/InstanceMessage.ts';
import { MalformedMessage } from '../grpc-js/codec.ts';
import type { StreamCall, StreamListener } from '../h2/route.ts';
import type { DoorHooks } from '../hooks.ts';
import type { Leaver, OpenStreams } from '../open-streams.ts';
import { STATUS_OF, STATUS_OK, toStatus } from '../status.ts';
import { LeanCall } from './lean-call.ts';

export interface ControlStreamOptions {
  /** `package.Service/Method`. */
  readonly method: string;
  readonly decode: (bytes: Buffer) => WireMessage | MalformedMessage;
  readonly encode: (update: WireUpdate) => Uint8Array;
  readonly hub: ControlHub;
  readonly hooks: DoorHooks;
  readonly openStreams: OpenStreams;
  /** Changes that may wait for a receiver, beyond the whole that it gets first; more, and it has to start anew. */
  readonly maxWaitingBytes: number;
}

/** Whoever connects says who it is within this time. */
const HELLO_TIMEOUT_MS = 10_000;

export class ControlStream implements StreamListener, Leaver {
  readonly #stream: StreamCall;
  readonly #options: ControlStreamOptions;
  readonly #call: LeanCall;
  readonly #helloTimer: NodeJS.Timeout;
  #connection: HubConnection | undefined;
  #waiting: { readonly update: DesiredUpdate; readonly size: number }[] = [];
  #waitingBytes = 0;
  /** The receiver has to take what it was sent before it gets more. */
  #full = false;
  /** The whole desired state is told first, however large it is. */
  #toldWhole = false;
  #over = false;

  constructor(stream: StreamCall, options: ControlStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#call = new LeanCall(options.method, stream);
    this.#helloTimer = setTimeout(() => {
      this.#fail(new ServerError('deadline_exceeded', `no hello came within ${HELLO_TIMEOUT_MS / 1000} s`));
    }, HELLO_TIMEOUT_MS);
    options.openStreams.add(this);
  }

  message(bytes: Uint8Array): void {
    if (this.#over) return;
    try {
      const message = this.#options.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      if (message instanceof MalformedMessage) throw message.error;
      if (this.#connection === undefined) this.#greet(message);
      else this.#connection.receive(reportOf(message));
    } catch (caught) {
      this.#fail(caught);
    }
  }

  end(): void {
    if (this.#settle(STATUS_OK)) this.#stream.end({ code: STATUS_OK });
  }

  gone(): void {
    this.#settle(STATUS_OF.cancelled);
    this.#stream.end({ code: STATUS_OF.cancelled });
  }

  drained(): void {
    this.#full = false;
    this.#write();
  }

  leave(): void {
    this.#fail(new ServerError('unavailable', 'the admin process is shutting down; connect again'));
  }

  #greet({ hello }: WireMessage): void {
    if (hello === null) throw new ServerError('invalid_argument', 'the first message has no hello; send it first');
    clearTimeout(this.#helloTimer);
    const connection = this.#options.hub.connect(parseHello(hello), (update) => {
      this.#send(update);
    });
    if (this.#over) {
      connection.disconnected();
      return;
    }
    this.#connection = connection;
    // It knows by the headers that it was let in.
    this.#stream.sendInitial([]);
    this.#write();
  }

  #send(update: DesiredUpdate): void {
    if (this.#over) return;
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
    while (!this.#full && this.#connection !== undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#waitingBytes -= next.size;
      this.#full = !this.#stream.send([this.#options.encode(formatUpdate(next.update))]);
    }
  }

  /** A status would have to wait behind what it does not take. */
  #giveUp(): void {
    if (this.#settle(STATUS_OF.resource_exhausted)) this.#stream.abort();
  }

  #fail(caught: unknown): void {
    const error = toServerError(caught);
    const { code, message } = toStatus(error);
    if (!this.#settle(code)) return;
    if (error.code === 'internal') this.#options.hooks.reportFault(this.#call.method, error);
    this.#stream.end({ code, message });
  }

  /** False: it has ended before. */
  #settle(code: number): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#helloTimer);
    const { hooks, openStreams } = this.#options;
    openStreams.delete(this);
    this.#waiting = [];
    const now = performance.now();
    hooks.recordRpc(this.#call.method, this.#call.outcome(code, now), now - this.#call.receivedAt);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.disconnected();
    return true;
  }
}

function reportOf(message: WireMessage) {
  if (message.hello === null) return parseReport(message);
  throw new ServerError('invalid_argument', 'a second hello came; open another stream for another instance');
}
