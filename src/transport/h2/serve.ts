/** A gRPC server over HTTP/2: `serve(routes, options)` and what it gives back. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Connection } from './connection.ts';
import { DEFAULT_LIMITS, type Hooks, type Limits } from './options.ts';
import { FlushQueue } from './outbox.ts';
import type { Routes } from './route.ts';

export interface TlsOptions {
  /** PEM. */
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** PEM: clients have to show a certificate signed by it. */
  readonly clientCa?: string | Buffer;
}

export interface ServeOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Other processes may listen on the same port, and the kernel spreads connections over them. */
  readonly reusePort?: boolean;
  /** What is not given is DEFAULT_LIMITS'. */
  readonly limits?: Partial<Limits>;
  readonly tls?: TlsOptions;
  readonly hooks?: Partial<Hooks>;
  /** How often connections are looked at for what takes too long: milliseconds, TICK_MS unless told. For tests. */
  readonly tickMs?: number;
}

/** Finer than any limit has to be, and too seldom to cost anything. */
const TICK_MS = 1000;

const SOCKET_OPTIONS = { noDelay: true, allowHalfOpen: true };

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
  readonly #listener: Server;
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
    this.#listener.maxConnections = this.#limits.maxConnections;
    this.#listener.on('drop', () => {
      this.#hooks.onAbuse('connections');
    });
    this.#tick = setInterval(() => {
      const now = this.#now();
      for (const connection of this.#connections) connection.tick(now);
    }, options.tickMs ?? TICK_MS);
    this.#tick.unref();
  }

  /** The port that it listens on. */
  get port(): number {
    const address = this.#listener.address();
    return address !== null && typeof address === 'object' ? address.port : this.#options.port;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<void> {
    const { host, port, reusePort = false } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#listener.once('error', reject);
    this.#listener.listen({ host, port, reusePort }, resolve);
    try {
      await promise;
    } catch (caught) {
      clearInterval(this.#tick);
      throw caught;
    }
  }

  /** Takes no new connections; those that are open go on. */
  stopAccepting(): void {
    if (this.#listener.listening) this.#listener.close();
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

  #createListener(): Server {
    const { tls } = this.#options;
    if (tls === undefined) {
      return createServer(SOCKET_OPTIONS, (socket) => {
        this.#serve(socket);
      });
    }
    const { key, cert, clientCa: ca } = tls;
    const client = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
    const timeout = { handshakeTimeout: this.#limits.headersTimeoutMs };
    const options = { ...SOCKET_OPTIONS, ...timeout, ALPNProtocols: ['h2'], key, cert, ...client };
    const server = createTlsServer(options, (socket) => {
      if (socket.alpnProtocol === 'h2') this.#serve(socket);
      else socket.destroy();
    });
    // Also when a handshake does not come in time; the socket would stay open.
    return server.on('tlsClientError', (_error, socket) => {
      this.#hooks.onAbuse('bad_preface');
      socket.destroy();
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
