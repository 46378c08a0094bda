/** The catalog of one of several serve processes: it is settled once all of them are, since they share a port. */
import type { Catalog, ModelStatus } from '../domain/catalog.ts';

export class TogetherCatalog implements Catalog {
  readonly #own: Catalog;
  readonly #listeners = new Set<(models: readonly string[]) => void>();
  #allReady = false;

  constructor(own: Catalog, allReady: Promise<void>) {
    this.#own = own;
    own.onChange((models) => {
      this.#tell(models);
    });
    void allReady.then(() => {
      this.#allReady = true;
      this.#tell([]);
    });
  }

  models(): readonly ModelStatus[] {
    return this.#own.models();
  }

  model(name: string): ModelStatus | undefined {
    return this.#own.model(name);
  }

  settled(): boolean {
    return this.#allReady && this.#own.settled();
  }

  onChange(listener: (models: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(models: readonly string[]): void {
    for (const listener of [...this.#listeners]) listener(models);
  }
}
