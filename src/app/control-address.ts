/** Where admin and serve processes of this configuration meet. */
import { join, resolve } from 'node:path';
import type { Config } from '../config/options.ts';
import { ServerError } from '../domain/errors.ts';

/** What the kernel takes as the name of a Unix socket, less its final NUL; Linux has 108, macOS 104. */
const MAX_SOCKET_PATH = 103;

/**
 * undefined = nowhere: serve processes read the models directory themselves. Throws where a socket cannot be named so.
 */
export function controlAddressOf(config: Pick<Config, 'controlAddress' | 'dataDir'>): string | undefined {
  const { controlAddress, dataDir } = config;
  if (controlAddress === 'off') return undefined;
  if (controlAddress !== 'auto' && !controlAddress.startsWith('unix:')) return controlAddress;
  const given = controlAddress === 'auto' ? join(dataDir, 'control.sock') : controlAddress.slice('unix:'.length);
  const path = resolve(given);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return `unix:${path}`;
  const message = `the socket ${path} has a name of more than ${String(MAX_SOCKET_PATH)} bytes; give --control-address unix:PATH with a shorter one, or a shorter --data-dir`;
  throw new ServerError('invalid_argument', message);
}
