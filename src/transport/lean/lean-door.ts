/** The Predict port on the lean transport: the same services, health and reflection as on grpc-js. */
import { type Address } from '../../config/address.ts';
import { ServerError } from '../../domain/errors.ts';
import type { Door } from '../door.ts';
import { catalogHealth } from '../grpc-js/catalog-health.ts';
import { loadSchema, PREDICT_FILES } from '../grpc-js/codec.ts';
import { Health } from '../grpc-js/health.ts';
import { whyNotListening } from '../grpc-js/listen.ts';
import { addReflection } from '../grpc-js/reflection.ts';
import { registerKserve, registerOutcomes, registerPredict } from '../grpc-js/register.ts';
import type { PredictDoorOptions } from '../grpc-js/server.ts';
import { trackingServer } from '../grpc-js/tracked-services.ts';
import type { TlsMaterial } from '../h2/listener.ts';
import { BytesRoutes } from './bytes-routes.ts';
import { LeanServer } from './lean-server.ts';

export class LeanDoor implements Door {
  readonly address: Address;
  readonly #server: LeanServer;
  readonly #health: Health;

  private constructor(address: Address, server: LeanServer, health: Health) {
    this.address = address;
    this.#server = server;
    this.#health = health;
  }

  /** Listens; fails with a sentence when the address cannot be had. */
  static async open(options: PredictDoorOptions): Promise<LeanDoor> {
    const { address, hooks, catalog, ready, control } = options;
    const server = new LeanServer();
    const { hosted, openStreams } = server;
    const bytes = new BytesRoutes({ routes: hosted.routes, hooks, openStreams });
    const registrar = { server: hosted, hooks, openStreams, bytes, guard: options.guard };
    const schema = loadSchema();
    registerPredict(registrar, schema, options.predict);
    registerKserve(registrar, schema, options.kserve);
    registerOutcomes(registrar, schema, options.outcomes);
    const health = new Health(catalogHealth({ catalog, ready, control }));
    const tracking = trackingServer(hosted, openStreams);
    health.addTo(tracking);
    if (options.reflection) addReflection(tracking, PREDICT_FILES);
    try {
      const port = await server.listen(serveOptions(options));
      return new LeanDoor({ host: address.host, port }, server, health);
    } catch (caught) {
      health.shutDown();
      throw new ServerError('unavailable', whyNotListening(address, caught), { cause: caught });
    }
  }

  setTls(material: TlsMaterial): void {
    this.#server.setTls(material);
  }

  stopAccepting(): void {
    this.#health.shutDown();
    this.#server.stopAccepting();
  }

  async drain(graceMs: number): Promise<boolean> {
    this.stopAccepting();
    return await this.#server.drain(graceMs);
  }

  close(): void {
    this.stopAccepting();
    this.#server.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function serveOptions({ address, reusePort, tls, hooks, ...limits }: PredictDoorOptions) {
  const { maxMessageBytes, maxConcurrentStreams, maxConnectionAgeMs } = limits;
  const ageMs = maxConnectionAgeMs === 'off' ? Infinity : maxConnectionAgeMs;
  return {
    ...address,
    reusePort,
    tls,
    limits: { maxMessageBytes, maxConcurrentStreams, maxConnectionAgeMs: ageMs },
    hooks: { onAbuse: hooks.recordLimit },
  };
}
