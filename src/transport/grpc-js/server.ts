/** The Predict port on @grpc/grpc-js: Predict, the Open Inference Protocol, health and reflection on one address. */
import type { ServerHttp2Session } from 'node:http2';
import type { Server as NetServer } from 'node:net';
import { type ConnectionInjector, logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import type { Address } from '../../config/address.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { KserveService } from '../services/kserve-service.ts';
import type { PredictService } from '../services/predict-service.ts';
import { loadSchema } from './codec.ts';
import { allowCancellations, connectionsOf, leaveGently } from './connections.ts';
import { Health } from './health.ts';
import type { DoorHooks } from './hooks.ts';
import { listen, type Listener } from './listen.ts';
import { OpenStreams } from './open-streams.ts';
import { addReflection } from './reflection.ts';
import { registerKserve, registerPredict } from './register.ts';

export interface PredictDoorOptions {
  /** Port 0 = any free one. */
  readonly address: Address;
  readonly predict: PredictService;
  readonly kserve: KserveService;
  /** What health tells of, together with `ready`. */
  readonly catalog: Catalog;
  readonly ready: () => boolean;
  readonly hooks: DoorHooks;
  /** A larger message gets RESOURCE_EXHAUSTED, naming the limit. */
  readonly maxMessageBytes: number;
  /** Calls in flight per connection; clients hold further ones back. */
  readonly maxConcurrentStreams: number;
  readonly maxConnectionAgeMs: number | 'off';
  /** Other processes may listen on the same port. */
  readonly reusePort: boolean;
  readonly reflection: boolean;
}

/** An idle connection is asked whether it is alive this often, and given up without an answer. Milliseconds. */
const KEEPALIVE_MS = 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;

/** After an old connection was asked to go, its calls have this long to end. Milliseconds. */
const CONNECTION_AGE_GRACE_MS = 60_000;

export class PredictDoor {
  /** Where it listens, with the port that the system chose. */
  readonly address: Address;
  readonly #server: Server;
  readonly #listener: NetServer;
  readonly #injector: ConnectionInjector;
  readonly #health: Health;
  readonly #openStreams: OpenStreams;
  #accepting = true;

  private constructor(parts: {
    readonly server: Server;
    readonly listener: Listener;
    readonly injector: ConnectionInjector;
    readonly health: Health;
    readonly openStreams: OpenStreams;
  }) {
    this.address = parts.listener.address;
    this.#server = parts.server;
    this.#listener = parts.listener.server;
    this.#injector = parts.injector;
    this.#health = parts.health;
    this.#openStreams = parts.openStreams;
  }

  /** Listens; fails with a sentence when the address cannot be had. */
  static async open(options: PredictDoorOptions): Promise<PredictDoor> {
    const { address, reusePort, hooks, catalog, ready } = options;
    // Every header that grpc-js cannot read would be a line on stderr, as many as a caller likes.
    setLogVerbosity(logVerbosity.NONE);
    const server = new Server(serverOptions(options));
    allowCancellations(server);
    const openStreams = new OpenStreams();
    const registrar = { server, hooks, openStreams };
    const schema = loadSchema();
    registerPredict(registrar, schema, options.predict);
    registerKserve(registrar, schema, options.kserve);
    const health = new Health({ catalog, ready });
    health.addTo(openStreams.tracking(server));
    if (options.reflection) addReflection(openStreams.tracking(server));
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    try {
      const listener = await listen({ address, reusePort }, (socket) => {
        injector.injectConnection(socket);
      });
      return new PredictDoor({ server, listener, injector, health, openStreams });
    } catch (caught) {
      health.shutDown();
      injector.destroy();
      throw caught;
    }
  }

  /** Tells health watchers that it is over and takes no new connections; those that are open go on. */
  stopAccepting(): void {
    if (!this.#accepting) return;
    this.#accepting = false;
    this.#health.shutDown();
    this.#listener.close();
  }

  /** Asks every connection to go and waits for its calls; after `graceMs` cuts the rest. True when nothing was cut. */
  async drain(graceMs: number): Promise<boolean> {
    this.stopAccepting();
    this.#openStreams.leaveAll();
    const { promise: graceEnded, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, graceMs, false);
    const drained = await Promise.race([this.#allGone(), graceEnded]);
    clearTimeout(timer);
    this.close();
    return drained;
  }

  /** Cuts what is still open. */
  close(): void {
    this.stopAccepting();
    for (const session of connectionsOf(this.#server)) session.destroy();
    this.#injector.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #allGone(): Promise<true> {
    // A connection that the kernel had accepted before the listener closed may still turn up; one that the client tears
    // down stays listed a while longer, and has nothing left to wait for.
    const open = (): ServerHttp2Session[] => connectionsOf(this.#server).filter((session) => !session.destroyed);
    for (let left = open(); left.length > 0; left = open()) await Promise.all(left.map(leaveGently));
    return true;
  }
}

function serverOptions({ maxMessageBytes, maxConcurrentStreams, maxConnectionAgeMs }: PredictDoorOptions) {
  return {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': maxConcurrentStreams,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    // Bookkeeping on every call for a service that is not offered.
    'grpc.enable_channelz': 0,
    ...(maxConnectionAgeMs === 'off'
      ? {}
      : {
          'grpc.max_connection_age_ms': maxConnectionAgeMs,
          'grpc.max_connection_age_grace_ms': CONNECTION_AGE_GRACE_MS,
        }),
  };
}
