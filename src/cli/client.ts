/** The command's one way to the server: every call has a limit, and every failure is a sentence. */
import { randomUUID } from 'node:crypto';
import { Client, connectivityState, Metadata } from '@grpc/grpc-js';
import type { CallOptions, ChannelCredentials, ServiceError } from '@grpc/grpc-js';
import type { AccessDefinition } from '../transport/gen/sluice/admin/v1/Access.ts';
import type { AuditDefinition } from '../transport/gen/sluice/admin/v1/Audit.ts';
import type { DriftDefinition } from '../transport/gen/sluice/admin/v1/Drift.ts';
import type { ExperimentsDefinition } from '../transport/gen/sluice/admin/v1/Experiments.ts';
import type { MonitorDefinition } from '../transport/gen/sluice/admin/v1/Monitor.ts';
import type { RegistryDefinition } from '../transport/gen/sluice/admin/v1/Registry.ts';
import type { RolloutsDefinition } from '../transport/gen/sluice/admin/v1/Rollouts.ts';
import type { ShadowsDefinition } from '../transport/gen/sluice/admin/v1/Shadows.ts';
import type { TrafficDefinition } from '../transport/gen/sluice/admin/v1/Traffic.ts';
import { CallLine } from './call-line.ts';
import type { Method } from './call-line.ts';
import { callFailure, interrupted, isUnavailable, tooLate } from './call-failure.ts';
import type { Port } from './call-failure.ts';
import { CommandError, EXIT } from './exit.ts';
import { loadAdminServices } from './schema-codec.ts';
import { Watchdog } from './watchdog.ts';
import { writeAll } from './write-all.ts';

export interface AdminClientOptions {
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly port: Port;
  readonly timeoutMs: number;
  readonly actor: string;
  /** Says who calls; undefined = nothing does, or a certificate. */
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

/** A process that was killed is back within this; a change that it did not answer is sent once more then. */
const RETURN_MS = 3000;
const MAX_REPLY_BYTES = 64 * 2 ** 20;

const CHANNEL = {
  'grpc.enable_http_proxy': 0,
  'grpc.max_receive_message_length': MAX_REPLY_BYTES,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  // A watch is silent for long; this tells a silent server from one that is gone.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

export class AdminClient {
  readonly registry: RegistryDefinition;
  readonly traffic: TrafficDefinition;
  readonly rollouts: RolloutsDefinition;
  readonly experiments: ExperimentsDefinition;
  readonly shadows: ShadowsDefinition;
  readonly drift: DriftDefinition;
  readonly monitor: MonitorDefinition;
  readonly audit: AuditDefinition;
  readonly access: AccessDefinition;
  readonly #options: AdminClientOptions;
  readonly #client: Client;

  constructor(options: AdminClientOptions) {
    const services = loadAdminServices();
    this.registry = services.Registry.service;
    this.traffic = services.Traffic.service;
    this.rollouts = services.Rollouts.service;
    this.experiments = services.Experiments.service;
    this.shadows = services.Shadows.service;
    this.drift = services.Drift.service;
    this.monitor = services.Monitor.service;
    this.audit = services.Audit.service;
    this.access = services.Access.service;
    this.#options = options;
    this.#client = new Client(options.address, options.credentials, CHANNEL);
  }

  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The same manners towards the Predict port. */
  toPredict(address: string): AdminClient {
    return new AdminClient({ ...this.#options, address, port: 'predict' });
  }

  /** And towards another server's admin process. */
  toAdmin(address: string): AdminClient {
    return new AdminClient({ ...this.#options, address, port: 'admin' });
  }

  /** A connection of its own to the same port. */
  openLine(): CallLine {
    const { address, timeoutMs, credentials } = this.#options;
    return new CallLine({ address, timeoutMs, metadata: this.#metadata(), credentials, channel: CHANNEL });
  }

  /** `waitMs`: what the server itself was asked to wait, beyond the time to answer. */
  async ask<Request, Reply>(method: Method<Request, Reply>, request: Request, waitMs = 0): Promise<Reply> {
    try {
      return await this.#call(method, request, waitMs);
    } catch (caught) {
      throw this.#failure(caught);
    }
  }

  /** A change: sent once more, with the same idempotency key, where it is not known whether it was heard. */
  async change<Request extends object, Reply>(
    method: Method<Request & { readonly idempotencyKey: string }, Reply>,
    request: Request,
    waitMs = 0,
  ): Promise<Reply> {
    const keyed = { idempotencyKey: randomUUID(), ...request };
    return await this.#twice(() => this.#call(method, keyed, waitMs));
  }

  /** Uploads; `pieces` is called again where the first try is not answered. `onSent` hears of each piece that left. */
  async upload<Request, Reply>(
    method: Method<Request, Reply>,
    pieces: () => AsyncIterable<Request>,
    onSent: (piece: Request) => void,
  ): Promise<Reply> {
    return await this.#twice(() => this.#send(method, pieces(), onSent));
  }

  /** Ends by itself where the user has had enough. The first reply has to come in time, later ones when they do. */
  async *watch<Request, Reply>(method: Method<Request, Reply>, request: Request): AsyncGenerator<Reply> {
    yield* this.#receive(method, request, false);
  }

  /** Each next piece has to come in time. */
  async *download<Request, Reply>(method: Method<Request, Reply>, request: Request): AsyncGenerator<Reply> {
    yield* this.#receive(method, request, true);
    if (this.#options.signal.aborted) throw interrupted();
  }

  async #call<Request, Reply>(method: Method<Request, Reply>, request: Request, waitMs: number): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = method;
    const options: CallOptions = { deadline: Date.now() + this.#options.timeoutMs + waitMs };
    const answer = Promise.withResolvers<Reply>();
    const done = settle(answer);
    const metadata = this.#metadata();
    const call = this.#client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      options,
      done,
    );
    return await this.#cancelled(answer.promise, () => {
      call.cancel();
    });
  }

  async #send<Request, Reply>(
    method: Method<Request, Reply>,
    pieces: AsyncIterable<Request>,
    onSent: (piece: Request) => void,
  ): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = method;
    const answer = Promise.withResolvers<Reply>();
    const call = this.#client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      this.#metadata(),
      settle(answer),
    );
    const cancel = (): void => {
      call.cancel();
    };
    using watchdog = new Watchdog(this.#options.timeoutMs, cancel);
    const work = async (): Promise<Reply> => {
      await writeAll(call, pieces, answer.promise, (piece) => {
        watchdog.restart();
        onSent(piece);
      });
      return await answer.promise;
    };
    try {
      return await this.#cancelled(work(), cancel);
    } catch (caught) {
      call.cancel();
      throw watchdog.barked ? this.#tooLate() : caught;
    }
  }

  async *#receive<Request, Reply>(
    { path, requestSerialize, responseDeserialize }: Method<Request, Reply>,
    request: Request,
    eachInTime: boolean,
  ): AsyncGenerator<Reply> {
    const { signal, timeoutMs } = this.#options;
    const metadata = this.#metadata();
    const call = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata);
    const cancel = (): void => {
      call.cancel();
    };
    using watchdog = new Watchdog(timeoutMs, cancel);
    signal.addEventListener('abort', cancel);
    const replies: AsyncIterable<Reply> = call;
    try {
      if (signal.aborted) return;
      for await (const reply of replies) {
        watchdog.stop();
        yield reply;
        if (eachInTime) watchdog.restart();
      }
    } catch (caught) {
      if (signal.aborted) return;
      throw watchdog.barked ? this.#tooLate() : this.#failure(caught);
    } finally {
      signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  /** Once more after a moment, where the server was not there or went away. */
  async #twice<Reply>(attempt: () => Promise<Reply>): Promise<Reply> {
    try {
      return await attempt();
    } catch (caught) {
      const failure = this.#failure(caught);
      if (!isUnavailable(caught)) throw failure;
      if (!(await this.#connects())) throw failure;
    }
    try {
      return await attempt();
    } catch (caught) {
      throw this.#failure(caught);
    }
  }

  async #connects(): Promise<boolean> {
    const answer = Promise.withResolvers<boolean>();
    this.#client.waitForReady(Date.now() + Math.min(RETURN_MS, this.#options.timeoutMs), (error) => {
      answer.resolve(error === undefined);
    });
    return await answer.promise;
  }

  async #cancelled<Reply>(answer: Promise<Reply>, cancel: () => void): Promise<Reply> {
    const { signal } = this.#options;
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    try {
      return await answer;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    const { actor, token } = this.#options;
    metadata.set('x-sluice-actor', actor);
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    return metadata;
  }

  #failure(caught: unknown): unknown {
    const { signal } = this.#options;
    if (signal.aborted) return interrupted();
    const state = this.#client.getChannel().getConnectivityState(false);
    return callFailure(caught, { ...this.#options, isConnected: state === connectivityState.READY });
  }

  #tooLate(): CommandError {
    return tooLate(this.#options.address, this.#options.timeoutMs);
  }
}

function settle<Reply>({ resolve, reject }: PromiseWithResolvers<Reply>) {
  return (error: ServiceError | null, reply?: Reply): void => {
    if (error !== null) reject(error);
    else if (reply === undefined) reject(new CommandError(EXIT.refused, 'the server answered with nothing'));
    else resolve(reply);
  };
}
