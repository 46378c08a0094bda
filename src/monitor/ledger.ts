/** The totals of every version in every role for the life of the process, however often the version comes and goes. */
import { versionKey } from '../domain/version.ts';
import { addTotals, emptyTotals, subtractTotals } from './series.ts';
import type { Role, SeriesTotals } from './series.ts';
import type { VersionStats } from './version-stats.ts';

/** One version in one role. */
export class Series {
  readonly model: string;
  readonly version: string;
  readonly role: Role;
  #open: VersionStats | undefined;
  /** Of the openings that have ended. */
  #ended = emptyTotals();
  #endedActivity = 0;
  /** Of openings that have ended, but whose requests had not: they have news to add to what ended. */
  readonly #late = new Set<() => void>();

  constructor({ model, version, role }: VersionStats) {
    this.model = model;
    this.version = version;
    this.role = role;
  }

  /** Grows with every record. */
  get activity(): number {
    this.#foldLate();
    return this.#endedActivity + (this.#open?.activity ?? 0);
  }

  totals(): SeriesTotals {
    this.#foldLate();
    return this.#open === undefined ? this.#ended : addTotals(this.#ended, this.#open.totals());
  }

  open(stats: VersionStats): void {
    this.#open = stats;
  }

  /**
   * From here on nothing but requests that are still under way holds the stats: a closed version costs no histograms.
   */
  close(stats: VersionStats): void {
    let folded = emptyTotals();
    let foldedActivity = 0;
    const fold = (): void => {
      const totals = stats.totals();
      this.#ended = addTotals(this.#ended, subtractTotals(totals, folded));
      this.#endedActivity += stats.activity - foldedActivity;
      folded = totals;
      foldedActivity = stats.activity;
    };
    fold();
    this.#open = undefined;
    stats.retire(() => {
      this.#late.add(fold);
    });
  }

  #foldLate(): void {
    for (const fold of this.#late) fold();
    this.#late.clear();
  }
}

/**
 * Of versions that are closed so many series are kept, some 3 kB each. Beyond that the one that was closed first is
 * forgotten: what is not yet reported of it is lost, and should its version come back, its totals begin at zero again
 * and are taken for an old report until they exceed what was reported.
 */
const MAX_CLOSED = 20_000;

export class Ledger {
  readonly #series = new Map<string, Series>();
  /** In the order in which they were closed. */
  readonly #closed = new Set<string>();

  open(stats: VersionStats): void {
    const key = seriesKey(stats);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = new Series(stats);
      this.#series.set(key, series);
    }
    this.#closed.delete(key);
    series.open(stats);
  }

  close(stats: VersionStats): void {
    const key = seriesKey(stats);
    this.#series.get(key)?.close(stats);
    this.#closed.add(key);
    for (const oldest of this.#closed) {
      if (this.#closed.size <= MAX_CLOSED) break;
      this.#closed.delete(oldest);
      this.#series.delete(oldest);
    }
  }

  all(): Series[] {
    return [...this.#series.values()];
  }
}

function seriesKey({ model, version, role }: VersionStats): string {
  return `${role}/${versionKey(model, version)}`;
}
