/** grpc.health.v1: the names that a door tells of, kept in step with what they stand for. */
import type { Server } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';

export interface HealthSource {
  /** Whether each name serves; '' is the protocol's name for the whole server. */
  readonly serving: () => ReadonlyMap<string, boolean>;
  /**
   * Calls back with names whose answer may have changed: few of them, since it may happen often. Returns the way to
   * stop it.
   */
  readonly onChange: (listener: (news: ReadonlyMap<string, boolean>) => void) => () => void;
}

export class Health {
  readonly #statuses = new Map<string, ServingStatus>();
  readonly #implementation = new HealthImplementation();
  readonly #stopListening: () => void;
  #shutDown = false;

  constructor(source: HealthSource) {
    this.#stopListening = source.onChange((news) => {
      this.#take(news);
    });
    this.#take(source.serving());
  }

  addTo(server: Pick<Server, 'addService'>): void {
    this.#implementation.addToServer(server);
  }

  /** NOT_SERVING for every name, whatever its source says from now on. */
  shutDown(): void {
    if (this.#shutDown) return;
    this.#shutDown = true;
    for (const name of this.#statuses.keys()) this.#set(name, false);
    this.#stopListening();
  }

  /** The package cannot forget a name, so one that has gone is told as not serving, and stays. */
  #take(news: ReadonlyMap<string, boolean>): void {
    for (const [name, serves] of news) this.#set(name, serves);
  }

  #set(name: string, serving: boolean): void {
    const status = serving && !this.#shutDown ? 'SERVING' : 'NOT_SERVING';
    if (this.#statuses.get(name) === status) return;
    this.#statuses.set(name, status);
    this.#implementation.setStatus(name, status);
  }
}
