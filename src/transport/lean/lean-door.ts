/** The Predict port on the lean transport: the same services, health and reflection as on grpc-js. */
import { type Address } from '../../config/address.ts';
import { ServerError } from '../../domain/errors.ts';
import type { Door } from '../door.ts';
import { catalogHealth } from '../grpc-js/catalog-health.ts';
import { loadSchema, PREDICT_FILES } from '../grpc-js/codec.ts';
import { Health } from '../grpc-js/health.ts';
import { HostedServer } from '../grpc-js/hosted-server.ts';
import { whyNotListening } from '../grpc-js/listen.ts';
import { addReflection } from '../grpc-js/reflection.ts';
import { registerKserve, registerOutcomes, registerPredict } from '../grpc-js/register.ts';
import type { PredictDoorOptions } from '../grpc-js/server.ts';
import { trackingServer } from '../grpc-js/tracked-services.ts';
import { type H2Server, serve } from '../h2/serve.ts';
import { OpenStreams } from '../open-streams.ts';
import { BytesRoutes } from './bytes-routes.ts';

export class LeanDoor implements Door {
  readonly address: Address;
  readonly #server: H2Server;
  readonly #health: Health;
  readonly #openStreams: OpenStreams;

  private constructor(address: Address, parts: { server: H2Server; health: Health; openStreams: OpenStreams }) {
    this.address = address;
    this.#server = parts.server;
    this.#health = parts.health;
    this.#openStreams = parts.openStreams;
  }

  /** Listens; fails with a sentence when the address cannot be had. */
  static async open(options: PredictDoorOptions): Promise<LeanDoor> {
    const { address, hooks, catalog, ready, control } = options;
    const hosted = new HostedServer();
    const openStreams = new OpenStreams();
    const bytes = new BytesRoutes({ routes: hosted.routes, hooks, openStreams });
    const registrar = { server: hosted, hooks, openStreams, bytes };
    const schema = loadSchema();
    registerPredict(registrar, schema, options.predict);
    registerKserve(registrar, schema, options.kserve);
    registerOutcomes(registrar, schema, options.outcomes);
    const health = new Health(catalogHealth({ catalog, ready, control }));
    const tracking = trackingServer(hosted, openStreams);
    health.addTo(tracking);
    if (options.reflection) addReflection(tracking, PREDICT_FILES);
    try {
      const server = await serve(hosted.routes, serveOptions(options));
      return new LeanDoor({ host: address.host, port: server.port }, { server, health, openStreams });
    } catch (caught) {
      health.shutDown();
      throw new ServerError('unavailable', whyNotListening(address, caught), { cause: caught });
    }
  }

  stopAccepting(): void {
    this.#health.shutDown();
    this.#server.stopAccepting();
  }

  async drain(graceMs: number): Promise<boolean> {
    this.stopAccepting();
    this.#openStreams.leaveAll();
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

function serveOptions({ address, reusePort, hooks, ...limits }: PredictDoorOptions) {
  const { maxMessageBytes, maxConcurrentStreams, maxConnectionAgeMs } = limits;
  const ageMs = maxConnectionAgeMs === 'off' ? Infinity : maxConnectionAgeMs;
  return {
    ...address,
    reusePort,
    limits: { maxMessageBytes, maxConcurrentStreams, maxConnectionAgeMs: ageMs },
    hooks: { onAbuse: hooks.recordLimit },
  };
}
