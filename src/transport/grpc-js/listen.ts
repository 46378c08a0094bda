/** A listening socket, or a sentence on why there is none. */
import { createServer, type Server, type Socket } from 'node:net';
import { type Address, formatAddress } from '../../config/address.ts';
import { describeError, ServerError } from '../../domain/errors.ts';

export interface ListenOptions {
  readonly address: Address;
  /** true: other processes may listen on the same port, and the kernel spreads connections over them. */
  readonly reusePort: boolean;
}

export interface Listener {
  readonly server: Server;
  /** With the port that the system chose where 0 was asked for. */
  readonly address: Address;
}

export async function listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener> {
  const { host, port } = options.address;
  const server = createServer({ noDelay: true }, onConnection);
  const bound = Promise.withResolvers<void>();
  server.once('error', bound.reject);
  server.listen({ host, port, reusePort: options.reusePort }, bound.resolve);
  try {
    await bound.promise;
  } catch (caught) {
    throw new ServerError('unavailable', whyNotListening(options.address, caught), { cause: caught });
  }
  const actual = server.address();
  const actualPort = actual !== null && typeof actual === 'object' ? actual.port : port;
  return { server, address: { host, port: actualPort } };
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
