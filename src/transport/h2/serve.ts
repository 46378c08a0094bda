/** A gRPC server over HTTP/2: `serve(routes, options)` and what it gives back. */
import { chmodSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Connection } from './connection.ts';
import { createListener, type Listener, type TlsMaterial, type TlsOptions } from './listener.ts';
import { DEFAULT_LIMITS, type Hooks, type Limits } from './options.ts';
import { FlushQueue } from './outbox.ts';
import type { Routes } from './route.ts';

/** Where to listen. */
export type Place =
  | {
      readonly host: string;
      /** 0 = any free one. */
      readonly port: number;
      /** Other processes may listen on the same port, and the kernel spreads connections over them. */
      readonly reusePort?: boolean;
    }
  /** A Unix socket, which only this user may connect to. */
  | { readonly path: string };

export type ServeOptions = Place & {
  /** What is not given is DEFAULT_LIMITS'. */
  readonly limits?: Partial<Limits>;
  readonly tls?: TlsOptions | undefined;
  readonly hooks?: Partial<Hooks>;
  /** How often connections are looked at for what takes too long: milliseconds, TICK_MS unless told. For tests. */
  readonly tickMs?: number;
};

/** Finer than any limit has to be, and too seldom to cost anything. */
const TICK_MS = 1000;

/** Listens; rejects with the system's error when it cannot. */
export async function serve(routes: Routes, options: ServeOptions): Promise<H2Server> {
  const server = new H2Server(routes, options);
  await server.listen();
  return server;
}

export class H2Server {
  readonly #options: ServeOptions;
  readonly #routes: Routes;
  readonly #limits: Limits;
  readonly #hooks: Hooks;
  readonly #listener: Listener;
  readonly #connections = new Set<Connection>();
  readonly #flushQueue = new FlushQueue();
  readonly #tick: NodeJS.Timeout;
  readonly #now = (): number => performance.now();
  #leaving = false;
  #onEmpty: (() => void) | undefined;

  constructor(routes: Routes, options: ServeOptions) {
    this.#routes = routes;
    this.#options = options;
    this.#limits = Object.freeze({ ...DEFAULT_LIMITS, ...options.limits });
    this.#hooks = { onAbuse: () => undefined, ...options.hooks };
    this.#listener = this.#createListener();
    this.#listener.server.maxConnections = this.#limits.maxConnections;
    this.#listener.server.on('drop', () => {
      this.#hooks.onAbuse('connections');
    });
    this.#tick = setInterval(() => {
      const now = this.#now();
      for (const connection of this.#connections) connection.tick(now);
    }, options.tickMs ?? TICK_MS);
    this.#tick.unref();
  }

  /** The port that it listens on; 0 where it is none. */
  get port(): number {
    const address = this.#listener.server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<void> {
    const { server } = this.#listener;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    const options = this.#options;
    if ('path' in options) {
      server.listen({ path: options.path }, resolve);
      // The socket is there as soon as listen() returns: whoever may not connect finds it closed at once.
      if (server.listening) chmodSync(options.path, 0o600);
    } else {
      const { host, port, reusePort = false } = options;
      server.listen({ host, port, reusePort }, resolve);
    }
    try {
      await promise;
    } catch (caught) {
      clearInterval(this.#tick);
      throw caught;
    }
  }

  /** Connections from now on are met with these; those that are open go on with what they had. Throws on bad ones. */
  setTls(material: TlsMaterial): void {
    this.#listener.setTls(material);
  }

  /** Takes no new connections; those that are open go on. */
  stopAccepting(): void {
    if (this.#listener.server.listening) this.#listener.server.close();
  }

  /** Asks every connection to leave and waits for its calls; after `graceMs` cuts the rest. True: nothing was cut. */
  async drain(graceMs: number): Promise<boolean> {
    this.stopAccepting();
    this.#leaving = true;
    for (const connection of this.#connections) connection.leave(Infinity);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, graceMs, false);
    this.#onEmpty = () => {
      resolve(true);
    };
    if (this.#connections.size === 0) resolve(true);
    const drained = await promise;
    clearTimeout(timer);
    this.close();
    return drained;
  }

  /** Cuts what is still open. */
  close(): void {
    this.stopAccepting();
    clearInterval(this.#tick);
    for (const connection of this.#connections) connection.destroy();
  }

  #createListener(): Listener {
    return createListener({
      tls: this.#options.tls,
      handshakeTimeoutMs: this.#limits.headersTimeoutMs,
      allowHalfOpen: true,
      onConnection: (socket) => {
        this.#serve(socket);
      },
      onRefused: () => {
        this.#hooks.onAbuse('bad_preface');
      },
    });
  }

  #serve(socket: Socket): void {
    const connection = new Connection(socket, {
      routes: this.#routes,
      limits: this.#limits,
      hooks: this.#hooks,
      now: this.#now,
      flushQueue: this.#flushQueue,
      jitter: 2 * Math.random() - 1,
      onClosed: (closed) => {
        this.#connections.delete(closed);
        if (this.#connections.size === 0) this.#onEmpty?.();
      },
    });
    this.#connections.add(connection);
    if (this.#leaving) connection.leave(Infinity);
  }
}
