/** Opens what keeps identities, and refuses to let strangers steer the server where there are none. */
import { open } from 'node:fs/promises';
import { AccessKeeper } from '../admin/access-keeper.ts';
import { registerAdminToken } from '../admin/create-token.ts';
import { type Address, formatAddress, isLoopback } from '../config/address.ts';
import type { Config } from '../config/options.ts';
import { describeError, ServerError } from '../domain/errors.ts';
import type { Store } from '../registry/store.ts';
import type { Events } from '../telemetry/events.ts';

export interface OpenAccessOptions {
  readonly config: Config;
  readonly store: Store;
  readonly events: Events;
  readonly recordRefusal: (reason: string) => void;
}

/** A token, and some white space. */
const MAX_FILE_BYTES = 4096;

export async function openAccess({ config, store, events, recordRefusal }: OpenAccessOptions): Promise<AccessKeeper> {
  checkClientRoles(config);
  const exposed = exposedAddress(config);
  const access = await AccessKeeper.open({
    store,
    now: Date.now,
    clientRoles: config.clientRoles,
    isLocal: exposed === undefined,
    onRefusal: (reason, method) => {
      recordRefusal(reason);
      events.adminCallRefused({ reason, method });
    },
    onFault: (what, cause) => {
      events.controlFault({ what, cause });
    },
  });
  try {
    if (config.adminTokenFile !== 'off') {
      await registerAdminToken({ store, now: Date.now, access }, await readTokenFile(config.adminTokenFile));
    }
    if (exposed !== undefined && !access.hasIdentities) throw strangersWelcome(exposed);
    return access;
  } catch (caught) {
    await access.close();
    throw caught;
  }
}

/** The first option that lets other machines reach the Admin services; undefined = none does. */
function exposedAddress({ adminAddress, consoleAddress }: Config): string | undefined {
  const wide = ([, address]: readonly [string, Address]): boolean => !isLoopback(address);
  const places: (readonly [string, Address])[] = [['--admin-address', adminAddress]];
  if (consoleAddress !== 'off' && consoleAddress !== 'auto') places.push(['--console-address', consoleAddress]);
  const [flag, address] = places.find(wide) ?? [];
  return flag === undefined || address === undefined ? undefined : `${flag} ${formatAddress(address)}`;
}

function strangersWelcome(exposed: string): ServerError {
  const message =
    `${exposed} lets other machines steer this server, and nobody has an identity yet: make the first token with ` +
    '"sluice token new > admin.token" and start with --admin-token-file admin.token (or give --client-roles), or listen on a loopback address';
  return new ServerError('failed_precondition', message);
}

/** Roles by certificates that nobody asks for would lock everybody out. */
function checkClientRoles({ clientRoles, tlsClientCa, tlsAdminClientAuth }: Config): void {
  if (clientRoles.size === 0 || (tlsClientCa !== 'off' && tlsAdminClientAuth !== 'off')) return;
  const message =
    '--client-roles go by the certificates of callers, and none are asked for: give --tls-client-ca, and not --tls-admin-client-auth off';
  throw new ServerError('invalid_argument', message);
}

async function readTokenFile(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_FILE_BYTES), 0, MAX_FILE_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } catch (caught) {
    const message = `cannot read --admin-token-file ${path}: ${describeError(caught)}`;
    throw new ServerError('not_found', message, { cause: caught });
  }
}
