/** Where admin and serve processes of this configuration meet. */
import { join, resolve } from 'node:path';
import { isLoopback, parseAddress } from '../config/address.ts';
import type { Config } from '../config/options.ts';
import { ServerError } from '../domain/errors.ts';

/** What the kernel takes as the name of a Unix socket, less its final NUL; Linux has 108, macOS 104. */
const MAX_SOCKET_PATH = 103;

type ControlConfig = Pick<Config, 'controlAddress' | 'dataDir' | 'tlsCert' | 'tlsClientCa'>;

/**
 * undefined = nowhere: serve processes read the models directory themselves. Throws where a socket cannot be named so,
 * and where others than this machine could connect without showing a certificate.
 */
export function controlAddressOf(config: ControlConfig): string | undefined {
  const { controlAddress, dataDir } = config;
  if (controlAddress === 'off') return undefined;
  if (controlAddress !== 'auto' && !controlAddress.startsWith('unix:')) {
    const parsed = parseAddress(controlAddress);
    if ((parsed !== undefined && isLoopback(parsed)) || hasMutualTls(config)) return controlAddress;
    const message = `--control-address ${controlAddress} can be reached from other machines, and whoever connects there is told every model: give --tls-cert, --tls-key and --tls-client-ca too, or a loopback address or unix:PATH`;
    throw new ServerError('invalid_argument', message);
  }
  const given = controlAddress === 'auto' ? join(dataDir, 'control.sock') : controlAddress.slice('unix:'.length);
  const path = resolve(given);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return `unix:${path}`;
  const message = `the socket ${path} has a name of more than ${String(MAX_SOCKET_PATH)} bytes; give --control-address unix:PATH with a shorter one, or a shorter --data-dir`;
  throw new ServerError('invalid_argument', message);
}

/** Both sides of a connection over TCP show a certificate. */
export function hasMutualTls({ tlsCert, tlsClientCa }: Pick<Config, 'tlsCert' | 'tlsClientCa'>): boolean {
  return tlsCert !== 'off' && tlsClientCa !== 'off';
}
