/** The web console on the Admin services, where it is wanted and its address can be had. */
import type { Gate } from '../access/gate.ts';
import type { Address } from '../config/address.ts';
import { formatAddress } from '../config/address.ts';
import type { Config } from '../config/options.ts';
import { AdminCalls } from '../console/admin-calls.ts';
import { ConsoleServer } from '../console/console-server.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import type { Events } from '../telemetry/events.ts';
import { loadAdminSchema } from '../transport/grpc-js/codec.ts';
import { HostedServer } from '../transport/grpc-js/hosted-server.ts';
import { registerAdmin } from '../transport/grpc-js/register-admin.ts';
import type { Guard } from '../transport/guard.ts';
import type { DoorHooks } from '../transport/hooks.ts';
import { OpenStreams } from '../transport/open-streams.ts';
import type { AdminServices } from '../transport/services/admin/admin-services.ts';
import type { Tls } from './tls.ts';

export interface ConsoleOptions {
  readonly config: Config;
  readonly tls: Tls | undefined;
  readonly services: AdminServices;
  readonly gate: Gate;
  /** Lets the calls in that it makes for a browser, with the browser's token. */
  readonly guard: Guard;
  readonly hooks: DoorHooks;
  readonly events: Events;
}

/** Where it is tried unless an address is given. */
const AUTO_ADDRESS: Address = { host: '127.0.0.1', port: 8080 };

/** An upload that is silent for longer is given up. */
const UPLOAD_IDLE_MS = 60_000;

/** undefined = there is none. Fails where an address was given and cannot be had. */
export async function openConsole(options: ConsoleOptions): Promise<ConsoleServer | undefined> {
  const { consoleAddress } = options.config;
  if (consoleAddress === 'off') return undefined;
  if (consoleAddress !== 'auto') return await openAt(consoleAddress, options);
  try {
    return await openAt(AUTO_ADDRESS, options);
  } catch (caught) {
    if (!(caught instanceof ServerError) || caught.code !== 'unavailable') throw caught;
    options.events.consoleLeftOut({ reason: describeError(caught) });
    return undefined;
  }
}

async function openAt(address: Address, options: ConsoleOptions): Promise<ConsoleServer> {
  const { config, tls, services, gate, guard, hooks, events } = options;
  const hosted = new HostedServer();
  const registrar = { server: hosted, hooks, openStreams: new OpenStreams(), guard };
  registerAdmin({ registrar, schema: loadAdminSchema(), services, uploadIdleMs: UPLOAD_IDLE_MS });
  const server = await ConsoleServer.open({
    address,
    tls: tls?.optionsFor(config.tlsAdminClientAuth),
    calls: new AdminCalls(hosted.routes),
    gate,
    site: { hosts: [...config.consoleHosts, hostOf(address)] },
    onFault: (what, cause) => {
      events.controlFault({ what, cause });
    },
  });
  tls?.attach(server);
  events.listening({ name: 'console', address: formatAddress(server.address) });
  return server;
}

/** As browsers write it. */
function hostOf({ host }: Address): string {
  return host.includes(':') ? `[${host.toLowerCase()}]` : host.toLowerCase();
}
