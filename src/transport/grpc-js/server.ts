/** The Predict port on @grpc/grpc-js: Predict, the Open Inference Protocol, health and reflection on one address. */
import type { Address } from '../../config/address.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { KserveService } from '../services/kserve-service.ts';
import type { OutcomeService } from '../services/outcome-service.ts';
import type { PredictService } from '../services/predict-service.ts';
import { catalogHealth } from './catalog-health.ts';
import type { ControlHealth } from './catalog-health.ts';
import { loadSchema, PREDICT_FILES } from './codec.ts';
import { GrpcServer, type ServerLimits } from './grpc-server.ts';
import { Health } from './health.ts';
import type { Door } from '../door.ts';
import type { TlsMaterial, TlsOptions } from '../h2/listener.ts';
import type { BytesGuard } from '../guard.ts';
import type { DoorHooks } from '../hooks.ts';
import { addReflection } from './reflection.ts';
import { trackingServer } from './tracked-services.ts';
import { registerKserve, registerOutcomes, registerPredict } from './register.ts';

export interface PredictDoorOptions extends ServerLimits {
  /** Port 0 = any free one. */
  readonly address: Address;
  readonly predict: PredictService;
  readonly kserve: KserveService;
  readonly outcomes: OutcomeService;
  /** What health tells of, together with `ready`. */
  readonly catalog: Catalog;
  readonly ready: () => boolean;
  readonly control?: ControlHealth | undefined;
  readonly hooks: DoorHooks;
  /** Who lets callers in; undefined = whoever reaches the port. Health and reflection are open to all. */
  readonly guard: BytesGuard | undefined;
  /** Other processes may listen on the same port. */
  readonly reusePort: boolean;
  /** undefined = connections are in the clear. */
  readonly tls?: TlsOptions | undefined;
  readonly reflection: boolean;
}

export class PredictDoor implements Door {
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
  static async open(options: PredictDoorOptions): Promise<PredictDoor> {
    const { address, reusePort, tls, hooks, catalog, ready, control } = options;
    const grpc = new GrpcServer(options);
    const { server, openStreams } = grpc;
    const registrar = { server, hooks, openStreams, guard: options.guard };
    const schema = loadSchema();
    registerPredict(registrar, schema, options.predict);
    registerKserve(registrar, schema, options.kserve);
    registerOutcomes(registrar, schema, options.outcomes);
    const health = new Health(catalogHealth({ catalog, ready, control }));
    health.addTo(trackingServer(server, openStreams));
    if (options.reflection) addReflection(trackingServer(server, openStreams), PREDICT_FILES);
    try {
      return new PredictDoor(await grpc.listen({ address, reusePort, tls }), grpc, health);
    } catch (caught) {
      health.shutDown();
      throw caught;
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

  /** Asks every connection to go and waits for its calls; after `graceMs` cuts the rest. True when nothing was cut. */
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
