/** A look at the ports before anything starts: serve processes share them, so a stranger on one would go unnoticed. */
import type { Server } from 'node:net';
import type { Address } from '../config/address.ts';
import { listenAddresses } from '../config/listen-addresses.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import { listen } from '../transport/grpc-js/listen.ts';

export type PortCheck =
  /** A sentence about the first address that cannot be had, naming its option. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** The port that all serve processes are to listen on; 0 = the one process there is may take any. */
  | { readonly kind: 'free'; readonly predictPort: number };

const MAX_PORT = 65_535;

/** @param processes serve processes there are to be. */
export async function checkPorts(config: Parameters<typeof listenAddresses>[0], processes: number): Promise<PortCheck> {
  const servers: Server[] = [];
  let predictPort = 0;
  try {
    // All at once, so that two of ours on one port are found too.
    for (const { flag, address } of listenAddresses(config, processes)) {
      const opened = await tryListen(address);
      if (typeof opened === 'string') return { kind: 'busy', reason: `${opened} (${flag})` };
      servers.push(opened.server);
      if (flag === '--predict-address' && processes > 1) predictPort = opened.address.port;
    }
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
  return { kind: 'free', predictPort };
}

async function tryListen(address: Address): Promise<{ server: Server; address: Address } | string> {
  try {
    if (address.port > MAX_PORT) {
      throw new ServerError(
        'invalid_argument',
        `each serve process has a metrics port of its own, and ${String(address.port)} is none; choose a lower one`,
      );
    }
    return await listen({ address, reusePort: false }, (socket) => socket.destroy());
  } catch (caught) {
    return describeError(caught);
  }
}
