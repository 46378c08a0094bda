/** A grpc-js server behind a listening socket: its limits, and how it comes to its end without losing a call. */
import type { ServerHttp2Session } from 'node:http2';
import { type ConnectionInjector, logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import type { Address } from '../../config/address.ts';
import { allowCancellations, connectionsOf, leaveGently } from './connections.ts';
import type { TlsMaterial } from '../h2/listener.ts';
import { OpenStreams } from '../open-streams.ts';
import { listen, type Listening, type ListenOptions } from './listen.ts';

export interface ServerLimits {
  /** A larger message gets RESOURCE_EXHAUSTED, naming the limit. */
  readonly maxMessageBytes: number;
  /** Calls in flight per connection; clients hold further ones back. */
  readonly maxConcurrentStreams: number;
  readonly maxConnectionAgeMs: number | 'off';
}

/** An idle connection is asked whether it is alive this often, and given up without an answer. Milliseconds. */
const KEEPALIVE_MS = 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;

/** After an old connection was asked to go, its calls have this long to end. Milliseconds. */
const CONNECTION_AGE_GRACE_MS = 60_000;

export class GrpcServer {
  /** To put services on, before the first connection. */
  readonly server: Server;
  readonly openStreams = new OpenStreams();
  readonly #injector: ConnectionInjector;
  #listener: Listening | undefined;

  constructor(limits: ServerLimits) {
    // Every header that grpc-js cannot read would be a line on stderr, as many as a caller likes.
    setLogVerbosity(logVerbosity.NONE);
    this.server = new Server(serverOptions(limits));
    allowCancellations(this.server);
    this.#injector = this.server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  /** Fails with a sentence when the address cannot be had; everything is closed then. */
  async listen(options: ListenOptions): Promise<Address> {
    try {
      this.#listener = await listen(options, (socket) => {
        this.#injector.injectConnection(socket);
      });
      return this.#listener.address;
    } catch (caught) {
      this.#injector.destroy();
      throw caught;
    }
  }

  /** Connections from now on are met with these. Throws on bad ones, and changes nothing. */
  setTls(material: TlsMaterial): void {
    this.#listener?.setTls(material);
  }

  /** Takes no new connections; those that are open go on. */
  stopAccepting(): void {
    this.#listener?.server.close();
    this.#listener = undefined;
  }

  /** Asks every connection to go and waits for its calls; after `graceMs` cuts the rest. True when nothing was cut. */
  async drain(graceMs: number): Promise<boolean> {
    this.stopAccepting();
    this.openStreams.leaveAll();
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
    for (const session of connectionsOf(this.server)) session.destroy();
    this.#injector.destroy();
  }

  async #allGone(): Promise<true> {
    // A connection that the kernel had accepted before the listener closed may still turn up; one that the client tears
    // down stays listed a while longer, and has nothing left to wait for.
    const open = (): ServerHttp2Session[] => connectionsOf(this.server).filter((session) => !session.destroyed);
    for (let left = open(); left.length > 0; left = open()) await Promise.all(left.map(leaveGently));
    return true;
  }
}

function serverOptions({ maxMessageBytes, maxConcurrentStreams, maxConnectionAgeMs }: ServerLimits) {
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
