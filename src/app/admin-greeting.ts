/** What the admin process says once its doors are open. */
import { type Address, formatAddress } from '../config/address.ts';
import type { Config } from '../config/options.ts';
import { callHints } from './call-hints.ts';
import type { Tls } from './tls.ts';

export interface AdminGreetingFacts {
  readonly address: Address;
  readonly config: Config;
  readonly tls: Tls | undefined;
  /** Its address; undefined where there is no console. */
  readonly console: string | undefined;
}

/** The one that the command takes by itself. */
const DEFAULT_ADDRESS = '127.0.0.1:50052';

export function adminGreeting({ address, config, tls, console }: AdminGreetingFacts): string {
  const { address: named, command } = callHints(address, config, tls, config.tlsAdminClientAuth);
  return [
    `  admin    ${formatAddress(address)}  (gRPC: sluice.admin.v1, health, reflection)`,
    ...(console === undefined ? [] : [`  console  ${console}`]),
    'Steer it:',
    `  npx sluice models${named === DEFAULT_ADDRESS ? '' : ` --address ${named}`}${command}`,
    '',
  ].join('\n');
}
