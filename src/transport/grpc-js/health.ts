/** grpc.health.v1: the names that a door tells of, kept in step with what they stand for. */
import type { Server } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';

export interface HealthSource {
  /** Whether each name serves; '' is the protocol's name for the whole server. */
  readonly serving: () => ReadonlyMap<string, boolean>;
  /** Calls back whenever it may have changed. Returns the way to stop it. */
  readonly onChange: (listener: () => void) => () => void;
}

export class Health {
  readonly #source: HealthSource;
  readonly #statuses = new Map<string, ServingStatus>();
  readonly #implementation = new HealthImplementation();
  readonly #stopListening: () => void;
  #shutDown = false;

  constructor(source: HealthSource) {
    this.#source = source;
    this.#stopListening = source.onChange(() => {
      this.#refresh();
    });
    this.#refresh();
  }

  addTo(server: Pick<Server, 'addService'>): void {
    this.#implementation.addToServer(server);
  }

  /** NOT_SERVING for every name, whatever its source says from now on. */
  shutDown(): void {
    if (this.#shutDown) return;
    this.#shutDown = true;
    this.#refresh();
    this.#stopListening();
  }

  #refresh(): void {
    const serving = this.#source.serving();
    for (const [name, serves] of serving) this.#set(name, serves);
    // The package cannot forget a name, so one that has gone stays, not serving.
    for (const name of this.#statuses.keys()) if (!serving.has(name)) this.#set(name, false);
  }

  #set(name: string, serving: boolean): void {
    const status = serving && !this.#shutDown ? 'SERVING' : 'NOT_SERVING';
    if (this.#statuses.get(name) === status) return;
    this.#statuses.set(name, status);
    this.#implementation.setStatus(name, status);
  }
}
