/** Chooses the calls whose values are counted for drift, and counts them in spare time. */
import type { Tensor } from '../domain/tensor.ts';
import type { EvidenceBook } from '../monitor/evidence-book.ts';
import { SketchSlots } from '../monitor/sketch-slots.ts';
import { versionKey } from '../domain/version.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import type { SpareTime } from './spare-time.ts';

export interface DriftSamplerOptions {
  readonly book: EvidenceBook;
  readonly spare: SpareTime;
  /** The monotonic clock, in ms. */
  readonly now: () => number;
  readonly wallClock: () => number;
}

interface Entry {
  readonly slots: SketchSlots;
  nextAt: number;
}

/** 50 calls a second of each version. */
const PACE_MS = 20;
/** For one more, the one that was looked at longest ago makes room: most likely it is gone. */
export const MAX_VERSIONS = 500;

export class DriftSampler {
  readonly #options: DriftSamplerOptions;
  readonly #entries = new Map<string, Entry>();
  /** So that no name has to be put together for a call. */
  readonly #known = new WeakMap<VersionRunner, Entry>();

  constructor(options: DriftSamplerOptions) {
    this.#options = options;
  }

  /** For calls that were answered well. Copies for shadows count as calls of their version. */
  offer(
    runner: VersionRunner,
    { inputs }: { readonly inputs: readonly Tensor[] },
    { outputs }: { readonly outputs: readonly Tensor[] },
  ): void {
    const entry = this.#known.get(runner) ?? this.#entryOf(runner);
    const now = this.#options.now();
    if (now < entry.nextAt) return;
    entry.nextAt = now + PACE_MS;
    const strings = runner.spec.settings.shadow?.private !== true;
    this.#options.spare.offer({
      run: () => {
        entry.slots.record({ inputs, outputs, units: 1, strings });
        runner.stats.recordSampled();
      },
      skip: () => undefined,
    });
  }

  #entryOf(runner: VersionRunner): Entry {
    const { model, signature } = runner;
    const { version } = runner.spec;
    const key = versionKey(model, version);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (this.#entries.size >= MAX_VERSIONS) this.#makeRoom();
      const { book, wallClock } = this.#options;
      entry = { slots: new SketchSlots({ model, version, signature, book, now: wallClock }), nextAt: 0 };
      this.#entries.set(key, entry);
    }
    this.#known.set(runner, entry);
    return entry;
  }

  /** What it counted is told until that place is needed too. */
  #makeRoom(): void {
    const [oldest] = [...this.#entries].sort(([, a], [, b]) => a.nextAt - b.nextAt);
    if (oldest === undefined) return;
    this.#entries.delete(oldest[0]);
    oldest[1].slots.retire();
  }
}
