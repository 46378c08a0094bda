/** The Admin port: registry, traffic, monitor and audit, with health and reflection, on one address. */
import type { Address } from '../../config/address.ts';
import { ServerError } from '../../domain/errors.ts';
import { ADMIN_FILES, loadAdminSchema } from '../grpc-js/codec.ts';
import { Health, type HealthSource } from '../grpc-js/health.ts';
import { whyNotListening } from '../grpc-js/listen.ts';
import { addReflection } from '../grpc-js/reflection.ts';
import { registerAdmin } from '../grpc-js/register-admin.ts';
import { trackingServer } from '../grpc-js/tracked-services.ts';
import type { Guard } from '../guard.ts';
import type { TlsMaterial, TlsOptions } from '../h2/listener.ts';
import type { DoorHooks } from '../hooks.ts';
import type { AdminServices } from '../services/admin/admin-services.ts';
import { LeanServer } from './lean-server.ts';

export interface AdminDoorOptions {
  /** Port 0 = any free one. */
  readonly address: Address;
  readonly services: AdminServices;
  /** Who lets callers in; health and reflection are open to all. */
  readonly guard: Guard;
  readonly health: FleetHealth;
  readonly reflection: boolean;
  readonly hooks: DoorHooks;
  /** undefined = connections are in the clear. */
  readonly tls?: TlsOptions | undefined;
  /** An upload that is silent for longer is given up. */
  readonly uploadIdleMs?: number;
}

/** Whether the serve processes answer. */
export interface FleetHealth {
  /** At least one is connected and has everything that it should, or knows why not. */
  readonly predictServing: () => boolean;
  /** Calls back whenever that may have changed. Returns the way to stop it. */
  readonly onChange: (listener: () => void) => () => void;
}

const UPLOAD_IDLE_MS = 60_000;

/** Pieces of files have 4 MiB at most. */
const LIMITS = { maxMessageBytes: 8 * 2 ** 20, maxConcurrentStreams: 1000 };

/** Names that serve as long as this port does. */
const OWN_NAMES = [
  '',
  ...['Registry', 'Traffic', 'Monitor', 'Audit', 'Access'].map((name) => `sluice.admin.v1.${name}`),
];

export class AdminDoor {
  /** Where it listens, with the port that the system chose. */
  readonly address: Address;
  readonly #server: LeanServer;
  readonly #health: Health;

  private constructor(address: Address, server: LeanServer, health: Health) {
    this.address = address;
    this.#server = server;
    this.#health = health;
  }

  /** Listens; fails with a sentence when the address cannot be had. */
  static async open(options: AdminDoorOptions): Promise<AdminDoor> {
    const { address, tls, services, guard, hooks, uploadIdleMs = UPLOAD_IDLE_MS } = options;
    const server = new LeanServer();
    const { hosted, openStreams } = server;
    const registrar = { server: hosted, hooks, openStreams, guard };
    registerAdmin({ registrar, schema: loadAdminSchema(), services, uploadIdleMs });
    const health = new Health(healthOf(options.health));
    const tracking = trackingServer(hosted, openStreams);
    health.addTo(tracking);
    if (options.reflection) addReflection(tracking, ADMIN_FILES);
    try {
      const port = await server.listen({ ...address, tls, limits: LIMITS, hooks: { onAbuse: hooks.recordLimit } });
      return new AdminDoor({ host: address.host, port }, server, health);
    } catch (caught) {
      health.shutDown();
      throw new ServerError('unavailable', whyNotListening(address, caught), { cause: caught });
    }
  }

  /** Connections from now on are met with these. Throws on bad ones, and changes nothing. */
  setTls(material: TlsMaterial): void {
    this.#server.setTls(material);
  }

  /** Tells health watchers that it is over and takes no new connections; those that are open go on. */
  stopAccepting(): void {
    this.#health.shutDown();
    this.#server.stopAccepting();
  }

  /** Ends watches, waits for the other calls, and after `graceMs` cuts the rest. True when nothing was cut. */
  async drain(graceMs: number): Promise<boolean> {
    this.stopAccepting();
    return await this.#server.drain(graceMs);
  }

  /** Cuts what is still open. */
  close(): void {
    this.stopAccepting();
    this.#server.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function healthOf({ predictServing, onChange }: FleetHealth): HealthSource {
  const serving = (): Map<string, boolean> =>
    new Map([...OWN_NAMES.map((name) => [name, true] as const), ['sluice.v1.PredictService', predictServing()]]);
  return {
    serving,
    onChange: (listener) =>
      onChange(() => {
        listener(serving());
      }),
  };
}
