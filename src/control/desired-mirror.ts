/** The serve process's copy of the desired state: put together from updates, the whole of it at every moment. */
import type { DesiredModel, DesiredState } from '../domain/desired-state.ts';
import { toDesiredModel, wireToText } from './desired-codec.ts';
import type { DesiredUpdate, WireModel } from './messages.ts';

/** What an update changed, for the disk. */
export interface MirrorChange {
  readonly state: DesiredState;
  readonly changed: readonly WireModel[];
  readonly removed: readonly string[];
  /** It began with the whole: there is a new connection. */
  readonly isWhole: boolean;
}

interface Kept {
  readonly text: string;
  readonly desired: DesiredModel;
}

export class DesiredMirror {
  #models: ReadonlyMap<string, Kept> = new Map();
  #revision = 0;
  #starting = false;
  /** Parts of a revision of which the last has not come. */
  #parts: DesiredUpdate[] = [];

  /** What lay on disk. Models that cannot be read are told of and left out. */
  restore(models: readonly WireModel[], onUnreadable: (cause: unknown) => void): DesiredState {
    const kept = new Map<string, Kept>();
    for (const wire of models) {
      try {
        kept.set(wire.model, { text: wireToText(wire), desired: toDesiredModel(wire) });
      } catch (caught) {
        onUnreadable(caught);
      }
    }
    this.#models = kept;
    this.#revision = 1;
    return this.#state();
  }

  /**
   * undefined while further parts are to come, or where nothing is new. Throws where it cannot be read; then nothing
   * has changed.
   */
  take(update: DesiredUpdate): MirrorChange | undefined {
    // The sender begins anew: what was still to come of a former revision never will.
    if (update.reset) this.#parts = [];
    const [first] = this.#parts;
    if (first === undefined && !update.more) return isNews(update, this.#starting) ? this.#amend([update]) : undefined;
    if (isPart(update)) this.#parts.push(update);
    if (update.more || update.revision !== first?.revision || !isPart(update)) return undefined;
    const parts = this.#parts;
    this.#parts = [];
    // What was changed while a whole was on its way is newer than it.
    return this.#amend(parts.toSorted((a, b) => a.revision - b.revision));
  }

  /** Whoever did not change stays the very object that it was, so that the manager need not look at it. */
  #amend(updates: readonly DesiredUpdate[]): MirrorChange {
    const wires = new Map<string, WireModel>();
    const removed = new Set<string>();
    for (const update of updates) {
      for (const model of update.removed) {
        wires.delete(model);
        removed.add(model);
      }
      for (const wire of update.models) {
        wires.set(wire.model, wire);
        removed.delete(wire.model);
      }
    }
    const isWhole = updates.some(({ reset }) => reset);
    if (isWhole) {
      for (const model of this.#models.keys()) if (!wires.has(model)) removed.add(model);
    }
    const next = new Map(this.#models);
    const changed: WireModel[] = [];
    for (const wire of wires.values()) {
      const text = wireToText(wire);
      if (this.#models.get(wire.model)?.text === text) continue;
      next.set(wire.model, { text, desired: toDesiredModel(wire) });
      changed.push(wire);
    }
    for (const model of removed) next.delete(model);
    this.#models = next;
    this.#revision = Math.max(...updates.map(({ revision }) => revision));
    this.#starting = updates.at(-1)?.starting ?? this.#starting;
    return { state: this.#state(), changed, removed: [...removed], isWhole };
  }

  #state(): DesiredState {
    return {
      revision: this.#revision,
      models: [...this.#models.values()].map(({ desired }) => desired),
      broken: [],
      starting: this.#starting,
    };
  }
}

/** Others only acknowledge, or tell that the registry has started. */
function isPart({ reset, more, models, removed }: DesiredUpdate): boolean {
  return reset || more || models.length > 0 || removed.length > 0;
}

function isNews(update: DesiredUpdate, starting: boolean): boolean {
  return isPart(update) || update.starting !== starting;
}
