/** A look at the ports before anything starts: serve processes share them, so a stranger on one would go unnoticed. */
import type { Config } from '../config/options.ts';
import { describeError } from '../domain/errors.ts';
import { listen } from '../transport/grpc-js/listen.ts';

/** A sentence about the first address that cannot be had, naming its option; undefined when all can. */
export async function findBusyPort(
  config: Pick<Config, 'predictAddress' | 'metricsAddress' | 'adminAddress' | 'controlAddress'>,
): Promise<string | undefined> {
  const wanted = [{ flag: '--predict-address', address: config.predictAddress }];
  if (config.controlAddress !== 'off') wanted.push({ flag: '--admin-address', address: config.adminAddress });
  if (config.metricsAddress !== 'off') wanted.push({ flag: '--metrics-address', address: config.metricsAddress });
  for (const { flag, address } of wanted) {
    try {
      const { server } = await listen({ address, reusePort: false }, (socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    } catch (caught) {
      return `${describeError(caught)} (${flag})`;
    }
  }
  return undefined;
}
