/** Versions that wait to be qualified: fair between models, and those of one model one after the other. */
export interface Turn {
  readonly model: string;
  readonly version: string;
}

/** The versions of a model keep their order, so that it is the first good one that gets the first traffic. */
export class QualificationLine {
  /** In the order in which the models have their turns. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #running = new Map<string, string>();

  /** Does nothing where it waits already. */
  add({ model, version }: Turn): void {
    const versions = this.#waiting.get(model) ?? new Set();
    this.#waiting.set(model, versions.add(version));
  }

  /** Whoever takes a turn ends it. undefined where nobody can have one now. */
  take(): Turn | undefined {
    for (const [model, versions] of this.#waiting) {
      if (this.#running.has(model)) continue;
      const [version] = versions;
      if (version === undefined) continue;
      versions.delete(version);
      this.#waiting.delete(model);
      if (versions.size > 0) this.#waiting.set(model, versions);
      this.#running.set(model, version);
      return { model, version };
    }
    return undefined;
  }

  end({ model }: Turn): void {
    this.#running.delete(model);
  }

  get running(): number {
    return this.#running.size;
  }

  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, versions) => sum + versions.size, 0);
  }

  isEmpty(): boolean {
    return this.#running.size === 0 && this.#waiting.size === 0;
  }

  has(model: string): boolean {
    return this.#running.has(model) || this.#waiting.has(model);
  }

  clear(): void {
    this.#waiting.clear();
  }
}
