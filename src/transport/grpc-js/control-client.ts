/** A serve process's line to the admin process: kept up for ever, taken up anew whenever it breaks. */
import { credentials, status } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientDuplexStream, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import type { DesiredUpdate, Hello, InstanceReport } from '../../control/messages.ts';
import { describeError, ServerError } from '../../domain/errors.ts';
import type { OutcomeReceipt, ReportedOutcome } from '../../domain/experiment.ts';
import { formatHello, formatReport, parseUpdate } from '../codec/control-codec.ts';
import { formatKept, parseReceipt } from '../codec/outcome-codec.ts';
import type { BlobChunk__Output as BlobChunk } from '../gen/sluice/control/v1/BlobChunk.ts';
import type { ControlPlaneClient } from '../gen/sluice/control/v1/ControlPlane.ts';
import type { DesiredUpdate__Output as WireUpdate } from '../gen/sluice/control/v1/DesiredUpdate.ts';
import type { KeepOutcomesReply__Output as KeepOutcomesReply } from '../gen/sluice/control/v1/KeepOutcomesReply.ts';
import type { InstanceMessage } from '../gen/sluice/control/v1/InstanceMessage.ts';
import { outcomeOf } from '../status.ts';
import type { TlsContents } from '../tls/tls-files.ts';
import { loadControlSchema } from './codec.ts';

export interface ControlClientOptions {
  /** `unix:PATH` or `host:port`. */
  readonly address: string;
  /** What to show and to trust, asked for with each connection; undefined = connections are in the clear. */
  readonly tls?: (() => Pick<TlsContents, 'cert' | 'key' | 'ca'>) | undefined;
  readonly hello: Hello;
  /** What it throws ends the connection, and is told as the reason. */
  readonly onUpdate: (update: DesiredUpdate) => void;
  /**
   * True with '' before the first update of each connection: everything is to be reported anew. False with the reason.
   */
  readonly onConnection: (connected: boolean, reason: string) => void;
  /** Monotonic, in ms. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2000;
/** A connection that stood for so long was a good one: the next attempt comes soon. */
const GOOD_MS = 2000;
/** Reports that may wait for the admin process to take them; beyond, the connection is begun anew. */
const MAX_WAITING_REPORTS = 1024;
/** Outcomes are stored within some ms, or something is wrong. */
const KEEP_MS = 10_000;

const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // A process that was stopped, or whose machine is gone, is noticed within 20 s.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // Each attempt is a new connection, by our back-off.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
};

type SyncStream = ClientDuplexStream<InstanceMessage, WireUpdate>;

/** One connection, or the attempt to get one. */
interface Attempt {
  readonly client: ControlPlaneClient;
  readonly stream: SyncStream;
  /** When it was let in; undefined before. */
  since: number | undefined;
}

export class ControlClient {
  readonly #options: ControlClientOptions;
  readonly #ControlPlane = loadControlSchema().sluice.control.v1.ControlPlane;
  readonly #fetches = new Set<ClientReadableStream<BlobChunk>>();
  #attempt: Attempt | undefined;
  #failures = 0;
  #toldReason = '';
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ControlClientOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => {
      this.#connect();
    });
  }

  /** Without a connection it is lost: who connects reports everything anew. */
  send(report: InstanceReport): void {
    const attempt = this.#attempt;
    if (attempt?.since === undefined) return;
    attempt.stream.write(formatReport(report));
    if (attempt.stream.writableLength > MAX_WAITING_REPORTS) {
      this.#end(attempt, `it has not taken the last ${MAX_WAITING_REPORTS} reports`);
    }
  }

  /** Resolves once the admin process has stored them. UNAVAILABLE: it cannot be reached; nothing was taken. */
  keepOutcomes(outcomes: readonly ReportedOutcome[]): Promise<OutcomeReceipt> {
    const attempt = this.#attempt;
    if (attempt?.since === undefined) {
      const message = 'the registry cannot be reached now and nothing was taken; report the outcomes again later';
      return Promise.reject(new ServerError('unavailable', message));
    }
    const request = { outcomes: outcomes.map(formatKept) };
    return new Promise((resolve, reject) => {
      const answer = (error: ServiceError | null, reply?: KeepOutcomesReply): void => {
        if (error === null && reply !== undefined) resolve(parseReceipt(reply));
        else reject(keepError(error));
      };
      attempt.client.KeepOutcomes(request, { deadline: Date.now() + KEEP_MS }, answer);
    });
  }

  /** The file with this digest, over a connection of its own. The caller checks the digest. */
  async *fetchBlob(sha256: string): AsyncGenerator<Uint8Array, void> {
    if (this.#closed) throw new ServerError('unavailable', `file ${sha256} cannot be fetched: this process is ending`);
    const client = this.#newClient();
    const stream = client.FetchBlob({ sha256 });
    // grpc-js tells of the cancellation below after the loop has stopped listening.
    stream.on('error', () => undefined);
    this.#fetches.add(stream);
    try {
      for await (const { data } of chunksOf(stream)) yield data;
    } catch (caught) {
      throw fetchError(sha256, caught);
    } finally {
      this.#fetches.delete(stream);
      stream.cancel();
      client.close();
    }
  }

  /** Hangs up; nothing is told any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const fetch of this.#fetches) fetch.cancel();
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (attempt !== undefined) hangUp(attempt);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #connect(): void {
    const client = this.#newClient();
    const attempt: Attempt = { client, stream: client.Sync(), since: undefined };
    this.#attempt = attempt;
    const { stream } = attempt;
    stream.on('metadata', () => {
      if (this.#attempt === attempt) this.#letIn(attempt);
    });
    stream.on('data', (wire: WireUpdate) => {
      this.#take(attempt, wire);
    });
    stream.on('error', (error: ServiceError) => {
      this.#end(attempt, error.details);
    });
    stream.on('status', ({ code, details }) => {
      // Any other code comes as an error, too.
      if (code === status.OK) this.#end(attempt, details);
    });
    stream.write(formatHello(this.#options.hello));
  }

  #newClient(): ControlPlaneClient {
    return new this.#ControlPlane(this.#options.address, this.#credentials(), CHANNEL_OPTIONS);
  }

  #credentials(): ChannelCredentials {
    const tls = this.#options.tls?.();
    return tls === undefined ? credentials.createInsecure() : credentials.createSsl(tls.ca, tls.key, tls.cert);
  }

  #letIn(attempt: Attempt): void {
    attempt.since = this.#options.now();
    this.#toldReason = '';
    this.#options.onConnection(true, '');
  }

  #take(attempt: Attempt, wire: WireUpdate): void {
    if (this.#attempt !== attempt) return;
    try {
      this.#options.onUpdate(parseUpdate(wire));
    } catch (caught) {
      this.#end(attempt, `an update could not be taken: ${describeError(caught)}`);
    }
  }

  #end(attempt: Attempt, reason: string): void {
    if (this.#attempt !== attempt) return;
    this.#attempt = undefined;
    hangUp(attempt);
    const { now, random, onConnection } = this.#options;
    const stoodMs = attempt.since === undefined ? 0 : now() - attempt.since;
    this.#failures = stoodMs >= GOOD_MS ? 0 : this.#failures + 1;
    this.#timer = setTimeout(
      () => {
        this.#connect();
      },
      delayMs(this.#failures, random()),
    );
    const isNew = attempt.since !== undefined || reason !== this.#toldReason;
    this.#toldReason = reason;
    if (isNew) onConnection(false, reason);
  }
}

/** Doubling from one failure to the next, of which a random half is waited, so that many do not come at once. */
function delayMs(failures: number, random: number): number {
  const most = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
  return most * (0.5 + random / 2);
}

function hangUp({ stream, client }: Attempt): void {
  stream.cancel();
  client.close();
}

/** Typed; grpc-js's streams are iterables of anything. */
function chunksOf(stream: ClientReadableStream<BlobChunk>): AsyncIterable<BlobChunk> {
  return stream;
}

/** What went wrong on the way may have been taken all the same: it may be sent again. */
function keepError(error: ServiceError | null): ServerError {
  const outcome = error === null ? 'internal' : outcomeOf(error.code);
  if (outcome === 'invalid_argument' || outcome === 'resource_exhausted') {
    return new ServerError(outcome, error?.details ?? '');
  }
  const why = error?.details ?? 'it sent no reply';
  return new ServerError('unavailable', `the registry did not keep the outcomes (${why}); report them again`);
}

function fetchError(sha256: string, caught: unknown): ServerError {
  const code = isServiceError(caught) ? outcomeOf(caught.code) : 'ok';
  const why = isServiceError(caught) ? caught.details : describeError(caught);
  const message = `file ${sha256} could not be fetched from the admin process: ${why}`;
  return new ServerError(code === 'ok' ? 'internal' : code, message, { cause: caught });
}

function isServiceError(caught: unknown): caught is ServiceError {
  return caught instanceof Error && 'code' in caught && 'details' in caught && typeof caught.code === 'number';
}
