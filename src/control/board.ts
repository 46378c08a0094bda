/** The board: where every serve process stands, by what it said last. */
import type { Changes } from '../admin/changes.ts';
import type { Fleet, InstanceEpoch, InstanceVersion, InstanceView } from '../admin/fleet.ts';
import { versionKey } from '../domain/version.ts';
import type { Hello, InstanceReport } from './messages.ts';

export interface BoardOptions {
  readonly changes: Changes;
  /** Epoch ms. */
  readonly now: () => number;
}

/** One connection of one serve process. */
export interface Seat {
  update(report: InstanceReport): void;
  leave(): void;
}

interface Instance {
  readonly hello: Hello;
  connected: boolean;
  since: number;
  settled: boolean;
  readonly epochs: Map<string, InstanceEpoch>;
  /** By model and version. */
  readonly versions: Map<string, InstanceVersion>;
  /** About which it has said anything. */
  readonly models: Set<string>;
}

/** Those that left are shown for this long, and no more of them than this. */
const MEMORY_MS = 600_000;
const MAX_REMEMBERED = 100;

export class Board implements Fleet {
  readonly #options: BoardOptions;
  /** By instance and boot: a successor and its predecessor are there side by side for a while. */
  readonly #instances = new Map<string, Instance>();
  readonly #listeners = new Set<() => void>();

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  join(hello: Hello): Seat {
    const key = `${hello.instance}\n${hello.boot}`;
    const instance: Instance = {
      hello,
      connected: true,
      since: this.#options.now(),
      settled: false,
      epochs: new Map(),
      versions: new Map(),
      models: new Set(),
    };
    this.#instances.delete(key);
    this.#instances.set(key, instance);
    this.#forget();
    this.#tell([]);
    return {
      update: (report) => {
        this.#tell(take(instance, report));
      },
      leave: () => {
        instance.connected = false;
        instance.since = this.#options.now();
        this.#forget();
        this.#tell(instance.models);
      },
    };
  }

  /** True once a serve process is there that has everything it should, or knows why not. */
  anySettled(): boolean {
    return this.#connected().some(({ settled }) => settled);
  }

  /** Calls back after every report, coming and going. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  epochs(model: string): readonly InstanceEpoch[] {
    return this.#connected().map(
      ({ hello, epochs }) =>
        epochs.get(model) ?? {
          instance: hello.instance,
          epoch: 0,
          reason: 'it has not said anything about this model',
        },
    );
  }

  versions(model: string, version: string): readonly InstanceVersion[] {
    return this.#connected().flatMap(({ versions }) => versions.get(versionKey(model, version)) ?? []);
  }

  instances(): readonly InstanceView[] {
    this.#forget();
    return [...this.#instances.values()].map(({ hello, connected, since, settled, versions }) => {
      const states = [...versions.values()].map(({ state }) => state);
      return {
        instance: hello.instance,
        connected,
        since,
        address: hello.address,
        serverVersion: hello.serverVersion,
        readyVersions: states.filter((state) => state === 'ready').length,
        failedVersions: states.filter((state) => state === 'failed').length,
        settled,
      };
    });
  }

  whenApplied({ model, epoch, ms }: { model: string; epoch: number; ms: number }): Promise<boolean> {
    const isApplied = (): boolean => {
      const stands = this.epochs(model);
      return stands.length > 0 && stands.every((stand) => stand.epoch >= epoch);
    };
    if (isApplied() || ms === 0) return Promise.resolve(isApplied());
    return new Promise((resolve) => {
      const end = (applied: boolean): void => {
        clearTimeout(timer);
        stop();
        resolve(applied);
      };
      const timer = setTimeout(end, ms, false);
      const stop = this.onChange(() => {
        if (isApplied()) end(true);
      });
    });
  }

  #connected(): Instance[] {
    return [...this.#instances.values()].filter(({ connected }) => connected);
  }

  #forget(): void {
    const gone = [...this.#instances].filter(([, { connected }]) => !connected);
    const latestFirst = gone.toSorted(([, a], [, b]) => b.since - a.since);
    const oldest = this.#options.now() - MEMORY_MS;
    for (const [index, [key, { since }]] of latestFirst.entries()) {
      if (since < oldest || index >= MAX_REMEMBERED) this.#instances.delete(key);
    }
  }

  #tell(models: Iterable<string>): void {
    for (const listener of [...this.#listeners]) listener();
    for (const model of models) this.#options.changes.tell(model, 'fleet');
  }
}

/** Names of the models about which something is new. */
function take(instance: Instance, report: InstanceReport): ReadonlySet<string> {
  const { instance: name } = instance.hello;
  const models = new Set<string>();
  instance.settled = report.settled;
  for (const { model, epoch, reason } of report.applied) {
    models.add(model);
    instance.epochs.set(model, { instance: name, epoch, reason });
  }
  for (const { model, version, state, reason, since, gone } of report.versions) {
    models.add(model);
    if (gone) instance.versions.delete(versionKey(model, version));
    else instance.versions.set(versionKey(model, version), { instance: name, state, reason, since });
  }
  for (const model of models) instance.models.add(model);
  return models;
}
