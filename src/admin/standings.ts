/** Where every model stands: its traffic, versions and last rollout. Read again only where something changed. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { REGISTRY_STATES } from '../domain/registry.ts';
import type { Epoch, RegistryState } from '../domain/registry.ts';
import type { AdminContext } from './context.ts';
import { recordFrom } from './rollout-codec.ts';
import type { RolloutRecord } from './rollout-body.ts';

export interface ModelStanding {
  readonly model: string;
  /** In force; undefined while there is none. */
  readonly epoch: Epoch | undefined;
  /** Versions that are not deleted, by state. */
  readonly versions: Readonly<Record<RegistryState, number>>;
  /** The last one, open or ended; undefined while there was none. */
  readonly rollout: RolloutRecord | undefined;
}

export interface StandingsOptions {
  readonly context: Pick<AdminContext, 'store' | 'changes'>;
  readonly onFault: (what: string, cause: unknown) => void;
}

/** Models that one look reads: with more at the start, the first looks do not tell of all. */
const MAX_READS = 1000;
const PAGE = 500;

export class Standings {
  readonly #options: StandingsOptions;
  readonly #known = new Map<string, ModelStanding>();
  /** Names of models of which something is new. */
  readonly #stale = new Set<string>();
  readonly #stop: () => void;
  #isComplete = false;
  #reading: Promise<void> | undefined;

  constructor(options: StandingsOptions) {
    this.#options = options;
    this.#stop = options.context.changes.listen((model, source) => {
      if (source === 'store') this.#stale.add(model);
    });
  }

  /** What cannot be read now is as it was. Those who ask while it is read get the same. */
  async read(): Promise<readonly ModelStanding[]> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
    return [...this.#known.values()];
  }

  close(): void {
    this.#stop();
  }

  async #read(): Promise<void> {
    try {
      if (!this.#isComplete) await this.#findAll();
      for (const model of [...this.#stale].slice(0, MAX_READS)) {
        // What changes while it is read is read again.
        this.#stale.delete(model);
        await this.#readOne(model);
        await nextTurn();
      }
    } catch (caught) {
      this.#options.onFault('where the models stand could not be read; metrics tell of what was', caught);
    }
  }

  async #findAll(): Promise<void> {
    const { store } = this.#options.context;
    for (let after = ''; ;) {
      const page = await store.models(after === '' ? { limit: PAGE } : { after, limit: PAGE });
      for (const { model } of page) this.#stale.add(model);
      after = page.at(-1)?.model ?? '';
      if (page.length < PAGE) break;
    }
    this.#isComplete = true;
  }

  async #readOne(model: string): Promise<void> {
    const { store } = this.#options.context;
    try {
      const epoch = await store.epoch(model);
      const states = await store.versionStates(model);
      const [document] = await store.documents({ kind: 'rollout', model }, { limit: 1 });
      if (epoch === undefined && states.length === 0) {
        this.#known.delete(model);
        return;
      }
      const versions = countStates(states.map(({ state }) => state));
      this.#known.set(model, { model, epoch, versions, rollout: document && recordFrom(document) });
    } catch (caught) {
      this.#stale.add(model);
      throw caught;
    }
  }
}

function countStates(states: readonly RegistryState[]): Record<RegistryState, number> {
  const counts = { uploaded: 0, qualifying: 0, qualified: 0, rejected: 0, deleted: 0 };
  for (const state of REGISTRY_STATES) counts[state] = states.filter((each) => each === state).length;
  return counts;
}
