/**
 * Who wants to know that something about a model changed: the desired state, and the watchers of the Admin services.
 */

/** What changed: what the registry remembers, or where a serve process stands. */
export type ChangeSource = 'store' | 'fleet';

type Listener = (model: string, source: ChangeSource) => void;

export class Changes {
  readonly #listeners = new Set<Listener>();

  /** Something about the model was committed to the store, or is otherwise on a serve process than it was. */
  tell(model: string, source: ChangeSource = 'store'): void {
    for (const listener of [...this.#listeners]) listener(model, source);
  }

  /** Returns the way to stop it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
