/** grpc.health.v1 for the whole server, each service and each model, kept in step with the catalog. */
import type { Server } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';
import type { Catalog } from '../../domain/catalog.ts';
import { readyVersions } from '../services/repository.ts';

/** Names that stand or fall with the whole server; '' is the protocol's name for it. */
const WHOLE_SERVER = ['', 'sluice.v1.PredictService', 'inference.GRPCInferenceService'];

export interface HealthOptions {
  readonly catalog: Catalog;
  /** As ServerReady of the Open Inference Protocol. */
  readonly ready: () => boolean;
}

export class Health {
  readonly #options: HealthOptions;
  readonly #statuses = new Map<string, ServingStatus>();
  readonly #implementation = new HealthImplementation();
  readonly #stopListening: () => void;
  #shutDown = false;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#stopListening = options.catalog.onChange(() => {
      this.#refresh();
    });
    this.#refresh();
  }

  addTo(server: Pick<Server, 'addService'>): void {
    this.#implementation.addToServer(server);
  }

  /** NOT_SERVING for every name, whatever the catalog says from now on. */
  shutDown(): void {
    this.#shutDown = true;
    this.#refresh();
    this.#stopListening();
  }

  #refresh(): void {
    const { catalog, ready } = this.#options;
    const serving = ready() && catalog.settled();
    for (const name of WHOLE_SERVER) this.#set(name, serving);
    const models = new Set(WHOLE_SERVER);
    for (const model of catalog.models()) {
      models.add(model.model);
      this.#set(model.model, readyVersions(model).length > 0);
    }
    // The package cannot forget a name, so a model that has gone stays, not serving.
    for (const name of this.#statuses.keys()) if (!models.has(name)) this.#set(name, false);
  }

  #set(name: string, serving: boolean): void {
    const status = serving && !this.#shutDown ? 'SERVING' : 'NOT_SERVING';
    if (this.#statuses.get(name) === status) return;
    this.#statuses.set(name, status);
    this.#implementation.setStatus(name, status);
  }
}
