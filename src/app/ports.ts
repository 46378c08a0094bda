/** A look at the ports before anything starts: serve processes share them, so a stranger on one would go unnoticed. */
import type { Server } from 'node:net';
import type { Address } from '../config/address.ts';
import type { Config } from '../config/options.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import { listen } from '../transport/grpc-js/listen.ts';
import { metricsAddressOf } from './place.ts';

export type PortCheck =
  /** A sentence about the first address that cannot be had, naming its option. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** The port that all serve processes are to listen on; 0 = the one process there is may take any. */
  | { readonly kind: 'free'; readonly predictPort: number };

const MAX_PORT = 65_535;

interface Wanted {
  readonly flag: string;
  readonly address: Address;
}

/** @param processes serve processes there are to be. */
export async function checkPorts(
  config: Pick<Config, 'predictAddress' | 'metricsAddress' | 'adminAddress' | 'controlAddress'>,
  processes: number,
): Promise<PortCheck> {
  const servers: Server[] = [];
  let predictPort = 0;
  try {
    // All at once, so that two of ours on one port are found too.
    for (const { flag, address } of wantedPorts(config, processes)) {
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

function wantedPorts(config: Parameters<typeof checkPorts>[0], processes: number): Wanted[] {
  const { predictAddress, metricsAddress, adminAddress, controlAddress } = config;
  const wanted: Wanted[] = [{ flag: '--predict-address', address: predictAddress }];
  if (controlAddress !== 'off') wanted.push({ flag: '--admin-address', address: adminAddress });
  if (metricsAddress === 'off') return wanted;
  for (let number = 1; number <= processes; number += 1) {
    wanted.push({ flag: '--metrics-address', address: metricsAddressOf(metricsAddress, number) });
  }
  return wanted;
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
