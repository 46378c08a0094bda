/** The small HTTP server of the metrics address: /metrics, /healthz (the process lives) and /readyz (it can serve). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeError, ServerError } from '../../domain/errors.ts';

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Several processes may listen on the port; the kernel spreads connections. */
  readonly reusePort: boolean;
  /** The answer to /metrics, in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly ready: () => boolean;
}

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const PLAIN_TEXT = 'text/plain; charset=utf-8';

const MAX_HEADER_BYTES = 8 * 1024;
const MAX_CONNECTIONS = 64;
/** For a request to arrive in full, and for an idle connection. */
const REQUEST_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 65_000;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

export class MetricsServer {
  /** "127.0.0.1:9464", with the port that was taken. */
  readonly address: string;
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, { address, family, port }: AddressInfo) {
    this.#server = server;
    this.port = port;
    this.address = family === 'IPv6' ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
  }

  static async open(options: MetricsServerOptions): Promise<MetricsServer> {
    const limits = {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      connectionsCheckingInterval: REQUEST_TIMEOUT_MS,
    };
    const server = createServer(limits, (request, response) => {
      void respond(options, request, response);
    });
    server.maxConnections = MAX_CONNECTIONS;
    await listen(server, options);
    const address = server.address();
    if (address === null || typeof address === 'string') {
      throw new ServerError('internal', 'a TCP server has a TCP address');
    }
    return new MetricsServer(server, address);
  }

  /** Ends at once: a scrape that is cut short is repeated by its scraper. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function listen(server: Server, { host, port, reusePort }: MetricsServerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port, reusePort }, resolve);
  try {
    await promise;
  } catch (error) {
    const place = `${host}:${String(port)}`;
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const message = busy
      ? `metrics address ${place} is in use; stop what listens there or choose another address`
      : `metrics address ${place} cannot be listened on (${describeError(error)}); choose another address`;
    throw new ServerError('unavailable', message, { cause: error });
  }
  server.off('error', reject);
  // Node reports failed accepts here (EMFILE); without a listener one would end the process.
  server.on('error', () => undefined);
}

async function respond(
  options: MetricsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const unreadable: Answer = { status: 500, body: 'the metrics could not be read\n' };
  const { status, body, type = PLAIN_TEXT }: Answer = await answer(options, request).catch(() => unreadable);
  // A body that was sent, though none is wanted, is not read: the connection ends with the answer.
  if (request.method !== 'GET' && request.method !== 'HEAD') response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function answer({ metrics, ready }: MetricsServerOptions, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'only GET\n' };
  const [path] = (request.url ?? '').split('?', 1);
  switch (path) {
    case '/metrics':
      return { status: 200, body: await metrics(), type: PROMETHEUS_TEXT };
    case '/healthz':
      return { status: 200, body: 'live\n' };
    case '/readyz':
      return ready() ? { status: 200, body: 'ready\n' } : { status: 503, body: 'not ready\n' };
    default:
      return { status: 404, body: 'there are /metrics, /healthz and /readyz\n' };
  }
}
