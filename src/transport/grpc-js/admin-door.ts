/** The Admin port: registry, traffic, monitor and audit, with health and reflection, on one address. */
import type { Address } from '../../config/address.ts';
import type { AdminServices } from '../services/admin/admin-services.ts';
import { ADMIN_FILES, loadAdminSchema } from './codec.ts';
import { GrpcServer } from './grpc-server.ts';
import { Health, type HealthSource } from './health.ts';
import type { DoorHooks } from '../hooks.ts';
import { listen } from './listen.ts';
import { addReflection } from './reflection.ts';
import { trackingServer } from './tracked-services.ts';
import { registerAdmin } from './register-admin.ts';

export interface AdminDoorOptions {
  /** Port 0 = any free one. */
  readonly address: Address;
  readonly services: AdminServices;
  readonly health: FleetHealth;
  readonly reflection: boolean;
  readonly hooks: DoorHooks;
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
const LIMITS = { maxMessageBytes: 8 * 2 ** 20, maxConcurrentStreams: 1000, maxConnectionAgeMs: 'off' } as const;

/** Names that serve as long as this port does. */
const OWN_NAMES = ['', ...['Registry', 'Traffic', 'Monitor', 'Audit'].map((name) => `sluice.admin.v1.${name}`)];

export class AdminDoor {
  /** Where it listens, with the port that the system chose. */
  readonly address: Address;
  readonly #server: GrpcServer;
  readonly #health: Health;

  private constructor(address: Address, server: GrpcServer, health: Health) {
    this.address = address;
    this.#server = server;
    this.#health = health;
  }

  /** Listens; fails with a sentence when the address cannot be had. */
  static async open(options: AdminDoorOptions): Promise<AdminDoor> {
    const { address, services, hooks, uploadIdleMs = UPLOAD_IDLE_MS } = options;
    const grpc = new GrpcServer(LIMITS);
    const { server, openStreams } = grpc;
    const registrar = { server, hooks, openStreams };
    registerAdmin({ registrar, schema: loadAdminSchema(), services, uploadIdleMs });
    const health = new Health(healthOf(options.health));
    health.addTo(trackingServer(server, openStreams));
    if (options.reflection) addReflection(trackingServer(server, openStreams), ADMIN_FILES);
    try {
      const bound = await grpc.listen((onConnection) => listen({ address, reusePort: false }, onConnection));
      return new AdminDoor(bound.address, grpc, health);
    } catch (caught) {
      health.shutDown();
      throw caught;
    }
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
