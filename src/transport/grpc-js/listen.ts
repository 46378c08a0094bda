/** A listening socket, or a sentence on why there is none. */
import type { Server, Socket } from 'node:net';
import { type Address, formatAddress } from '../../config/address.ts';
import { describeError, ServerError } from '../../domain/errors.ts';
import { createListener, type Listener, type TlsOptions } from '../h2/listener.ts';
import { DEFAULT_LIMITS } from '../h2/options.ts';

export interface ListenOptions {
  readonly address: Address;
  /** true: other processes may listen on the same port, and the kernel spreads connections over them. */
  readonly reusePort: boolean;
  readonly tls?: TlsOptions | undefined;
}

export interface Listening extends Listener {
  /** With the port that the system chose where 0 was asked for. */
  readonly address: Address;
}

export async function listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listening> {
  const { address, reusePort, tls } = options;
  const listener = createListener({
    tls,
    handshakeTimeoutMs: DEFAULT_LIMITS.headersTimeoutMs,
    // HTTP/2 of Node leaves the socket's end to the socket.
    allowHalfOpen: false,
    onConnection,
    onRefused: () => undefined,
  });
  const { server } = listener;
  const bound = Promise.withResolvers<void>();
  server.once('error', bound.reject);
  server.listen({ ...address, reusePort }, bound.resolve);
  try {
    await bound.promise;
  } catch (caught) {
    throw new ServerError('unavailable', whyNotListening(address, caught), { cause: caught });
  }
  return { ...listener, address: { host: address.host, port: portOf(server) ?? address.port } };
}

function portOf(server: Server): number | undefined {
  const actual = server.address();
  return actual !== null && typeof actual === 'object' ? actual.port : undefined;
}

/** The sentence for an address that could not be had. */
export function whyNotListening(address: Address, caught: unknown): string {
  const where = `cannot listen on ${formatAddress(address)}`;
  switch (codeOf(caught)) {
    case 'EADDRINUSE':
      return `${where}: the port is in use; stop what listens there or choose another port`;
    case 'EACCES':
      return `${where}: this user may not use port ${address.port}; choose one above 1023`;
    case 'EADDRNOTAVAIL':
      return `${where}: this machine has no such address; use one of its own, or 0.0.0.0 for all`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${where}: the name ${address.host} has no address; check it or use an IP address`;
    default:
      return `${where}: ${describeError(caught)}`;
  }
}

/** What the system calls the error; undefined where it gave none. */
export function codeOf(caught: unknown): unknown {
  return caught instanceof Error && 'code' in caught ? caught.code : undefined;
}
