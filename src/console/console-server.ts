/** The web console of the admin process: a small HTTP server for one page and what the page asks. */
import { createServer } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from '../config/address.ts';
import { formatAddress } from '../config/address.ts';
import { describeError, ServerError } from '../domain/errors.ts';
import type { TlsMaterial, TlsOptions } from '../transport/h2/listener.ts';
import { Requests } from './requests.ts';
import type { RequestsOptions } from './requests.ts';
import { Sessions } from './sessions.ts';
import { loadStaticFiles } from './static-files.ts';

export interface ConsoleServerOptions extends Omit<RequestsOptions, 'pages'> {
  /** Port 0 = any free one. */
  readonly address: Address;
  /** undefined = connections are in the clear. */
  readonly tls?: TlsOptions | undefined;
}

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 256;
/** For the head of a request; bodies have limits of their own. */
const HEADERS_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 65_000;

const LIMITS = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: 0,
  keepAliveTimeout: IDLE_TIMEOUT_MS,
  connectionsCheckingInterval: HEADERS_TIMEOUT_MS,
};

export class ConsoleServer {
  /** With the port that was taken. */
  readonly address: Address;
  readonly #server: Server | TlsServer;

  private constructor(server: Server | TlsServer, address: Address) {
    this.#server = server;
    this.address = address;
  }

  /** Fails with UNAVAILABLE where the address is taken. */
  static async open({ address, tls, ...options }: ConsoleServerOptions): Promise<ConsoleServer> {
    const pages = await loadStaticFiles();
    const server = tls === undefined ? createServer(LIMITS) : createTlsServer({ ...LIMITS, ...tlsOf(tls) });
    server.maxConnections = MAX_CONNECTIONS;
    const { port } = await listen(server, address);
    const sessions = new Sessions({ port, secure: tls !== undefined, now: Date.now });
    const requests = new Requests({ ...options, pages }, sessions);
    server.on('request', (request, response) => void requests.answer(request, response));
    return new ConsoleServer(server, { host: address.host, port });
  }

  /** For people. */
  get url(): string {
    return `${this.#server instanceof TlsServer ? 'https' : 'http'}://${formatAddress(this.address)}`;
  }

  /** Connections from now on are met with these. Throws on bad ones, and changes nothing. */
  setTls(material: TlsMaterial): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(contextOf(material));
  }

  /** Ends at once: a page connects again and asks anew. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A certificate of the browser is asked for as on the Admin port, and may stand for an identity. */
function tlsOf(tls: TlsOptions) {
  const { clientCa, clientAuth = 'required' } = tls;
  const requestCert = clientCa !== undefined;
  return {
    ...contextOf(tls),
    handshakeTimeout: HEADERS_TIMEOUT_MS,
    requestCert,
    rejectUnauthorized: requestCert && clientAuth === 'required',
  };
}

function contextOf({ key, cert, clientCa }: TlsMaterial) {
  return { key, cert, minVersion: 'TLSv1.2' as const, ...(clientCa === undefined ? {} : { ca: clientCa }) };
}

async function listen(server: Server | TlsServer, address: Address): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.listen(address, () => resolve(undefined));
  try {
    await promise;
  } catch (caught) {
    const why = caught instanceof Error && 'code' in caught && caught.code === 'EADDRINUSE' ? 'is in use' : undefined;
    const message = `the console's address ${formatAddress(address)} ${why ?? `cannot be had: ${describeError(caught)}`}`;
    throw new ServerError('unavailable', `${message}; choose another with --console-address`, { cause: caught });
  }
  server.off('error', reject);
  // Node reports failed accepts here (EMFILE); without a listener one would end the process.
  server.on('error', () => undefined);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new ServerError('internal', 'a TCP server has a TCP address');
  return bound;
}
