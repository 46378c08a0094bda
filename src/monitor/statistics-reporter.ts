/** What a serve process tells of its statistics: cumulative totals of the series that changed, until they are kept. */
import type { Monitor } from './monitor.ts';
import type { Series } from './ledger.ts';
import type { Role, SeriesTotals } from './series.ts';

/** Totals of one version in one role since the process began. */
export interface SeriesReport {
  readonly model: string;
  readonly version: string;
  readonly role: Role;
  readonly totals: SeriesTotals;
}

/** So that a report stays below some MB; what does not fit goes first in the next one. */
const MAX_SERIES = 500;
/** Reports whose acknowledgement is waited for; what was in an older one counts as not acknowledged. */
const MAX_OUTSTANDING = 16;
/** What does not change is said again this often, so that the receiver knows what it must not forget. */
const REMIND_MS = 3_600_000;

/** What the receiver has of a series. */
interface Kept {
  readonly activity: number;
  readonly at: number;
}

export class StatisticsReporter {
  readonly #monitor: Monitor;
  readonly #now: () => number;
  readonly #kept = new WeakMap<Series, Kept>();
  readonly #sentIn = new WeakMap<Series, number>();
  /** The activity of each series as it was reported, by number of the report. */
  readonly #outstanding = new Map<number, ReadonlyMap<Series, number>>();
  #seq = 0;

  /** `now` is a clock that only goes forward, in ms. */
  constructor(monitor: Monitor, now: () => number = () => performance.now()) {
    this.#monitor = monitor;
    this.#now = now;
  }

  /** The next report; undefined when everything is acknowledged. More may be left to report where it is a full one. */
  collect(): { seq: number; series: readonly SeriesReport[] } | undefined {
    const due = this.#monitor.series().filter((series) => this.#isDue(series));
    if (due.length === 0) return undefined;
    due.sort((a, b) => (this.#sentIn.get(a) ?? 0) - (this.#sentIn.get(b) ?? 0));
    this.#seq += 1;
    const activities = new Map<Series, number>();
    const series = due.slice(0, MAX_SERIES).map((entry): SeriesReport => {
      activities.set(entry, entry.activity);
      this.#sentIn.set(entry, this.#seq);
      const { model, version, role } = entry;
      return { model, version, role, totals: entry.totals() };
    });
    this.#outstanding.set(this.#seq, activities);
    for (const oldest of this.#outstanding.keys()) {
      if (this.#outstanding.size <= MAX_OUTSTANDING) break;
      this.#outstanding.delete(oldest);
    }
    return { seq: this.#seq, series };
  }

  /**
   * The totals of this report are kept. Says nothing about the ones before it: they may have been about other series.
   */
  acknowledge(seq: number): void {
    const at = this.#now();
    for (const [series, activity] of this.#outstanding.get(seq) ?? []) {
      if (activity >= (this.#kept.get(series)?.activity ?? 0)) this.#kept.set(series, { activity, at });
    }
    this.#outstanding.delete(seq);
  }

  #isDue(series: Series): boolean {
    const kept = this.#kept.get(series);
    if (kept === undefined) return series.activity > 0;
    return series.activity > kept.activity || this.#now() - kept.at >= REMIND_MS;
  }
}
