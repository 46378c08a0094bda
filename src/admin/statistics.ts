/**
 * The statistics of all serve processes, kept in the store: counts per version and role in slots of time.
 *
 * Serve processes report cumulative totals. The difference to what the store knows of the series goes into the slot of
 * now, and the new totals take the place of the old, in one transaction: whatever fails or is repeated, each request
 * counts once. The totals that a difference is taken to are always read in that transaction, never remembered: another
 * process may have written them, and a transaction that seems to have failed may have been committed.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServerError } from '../domain/errors.ts';
import { totalsFromJson, totalsToJson } from '../monitor/series-codec.ts';
import { addTotals, emptyTotals, hasReached, subtractTotals } from '../monitor/series.ts';
import type { Role, SeriesTotals } from '../monitor/series.ts';
import type { SeriesReport } from '../monitor/statistics-reporter.ts';
import type { SeriesKey, Store, StoreWriter } from '../registry/store.ts';
import { addToSlot, COARSE_SLOT_MS, FINE_SLOT_MS, KEEP_FINE_MS, RollUp } from './statistics-slots.ts';
import type { OnFault } from './statistics-slots.ts';

interface StatisticsOptions {
  readonly store: Store;
  /** Epoch ms. */
  readonly now: () => number;
  /** Something that was reported or kept cannot be used, and is not counted. */
  readonly onFault?: OnFault;
}

/** One life of one serve process. */
interface Reporter {
  readonly instance: string;
  readonly boot: string;
}

interface StatisticsQuery {
  readonly model: string;
  /** undefined = all of the model together. */
  readonly version?: string | undefined;
  readonly role: Role;
  readonly windowMs: number;
}

/** What was counted in slots that begin in [from, to]; epoch ms. */
interface WindowTotals {
  readonly totals: SeriesTotals;
  readonly slots: readonly SlotTotals[];
  readonly from: number;
  readonly to: number;
}

const MIN_WINDOW_MS = FINE_SLOT_MS;
const MAX_WINDOW_MS = 24 * 3_600_000;

/** Series of one transaction: few enough that the event loop is free again within some ms. */
const MAX_BATCH = 50;
/** Series that wait for a transaction. Beyond this a report is refused; serve processes send it again. */
const MAX_WAITING = 50_000;
/** Series whose totals went backwards are told once each, so many of them. */
const MAX_TOLD = 1000;
/** Slots that a query reads between two turns of the event loop. */
const QUERY_STEP = 100;

/** A report that is not yet kept. */
interface Report {
  /** Series that are not yet committed. */
  left: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Entry {
  readonly report: Report;
  readonly key: SeriesKey;
  readonly totals: SeriesTotals;
}

/** One slot of one version. */
export interface SlotTotals {
  readonly at: number;
  readonly widthMs: number;
  readonly totals: SeriesTotals;
}

export class Statistics {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #onFault: OnFault;
  readonly #rollUp: RollUp;
  readonly #told = new Set<string>();
  #waiting: Entry[] = [];
  #keeping: Promise<void> | undefined;
  #rollingUp: Promise<void> | undefined;
  #closed = false;

  constructor({ store, now, onFault = () => undefined }: StatisticsOptions) {
    this.#store = store;
    this.#now = now;
    this.#onFault = onFault;
    this.#rollUp = new RollUp({ store, now, onFault });
  }

  /** Resolves once every count is committed. When it rejects, some may be: the same report may safely come again. */
  ingest(reporter: Reporter, series: readonly SeriesReport[]): Promise<void> {
    if (this.#closed) return Promise.reject(new ServerError('unavailable', 'statistics are no longer taken'));
    if (series.length === 0) return Promise.resolve();
    if (this.#waiting.length + series.length > MAX_WAITING) {
      const message = `${String(this.#waiting.length)} series wait to be stored already; report again later`;
      return Promise.reject(new ServerError('resource_exhausted', message));
    }
    const { instance, boot } = reporter;
    return new Promise((resolve, reject) => {
      const report: Report = { left: series.length, resolve, reject };
      for (const { model, version, role, totals } of series) {
        this.#waiting.push({ report, key: { instance, boot, model, version, role }, totals });
      }
      this.#keeping ??= this.#keepAll();
    });
  }

  /**
   * What is committed of the window [now - windowMs, now]. A slot counts when it begins in it. Windows of more than 20
   * minutes reach into what is kept in slots of 5 minutes; there the slot that the window begins in counts whole.
   * `from` is where the first slot that counts begins, or would.
   */
  async query({ model, version, role, windowMs }: StatisticsQuery): Promise<WindowTotals> {
    if (!(windowMs >= MIN_WINDOW_MS && windowMs <= MAX_WINDOW_MS)) {
      const message = `a window of ${String(windowMs / 1000)} s is not possible; choose 10 s to 24 h`;
      throw new ServerError('invalid_argument', message);
    }
    const to = this.#now();
    const begin = to - windowMs;
    const from =
      windowMs > KEEP_FINE_MS
        ? Math.floor(begin / COARSE_SLOT_MS) * COARSE_SLOT_MS
        : Math.ceil(begin / FINE_SLOT_MS) * FINE_SLOT_MS;
    const span = { model, role, from, to: to + 1 };
    const slots = await this.#store.statistics(version === undefined ? span : { ...span, version });
    const read: SlotTotals[] = [];
    let totals = emptyTotals();
    for (const [index, slot] of slots.entries()) {
      if (index % QUERY_STEP === QUERY_STEP - 1) await nextTurn();
      const own = totalsFromJson(slot.totals);
      totals = addTotals(totals, own);
      read.push({ at: slot.at, widthMs: slot.widthMs, totals: own });
    }
    return { totals, slots: read, from, to };
  }

  /** A bounded step of making old slots coarser and forgetting what is too old; to be called every 10 s. */
  rollUp(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#rollingUp ??= this.#rollUp.step().finally(() => {
      this.#rollingUp = undefined;
    });
    return this.#rollingUp;
  }

  /** Takes no more reports, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#rollUp.stop();
    await this.#keeping;
    await this.#rollingUp?.catch(() => undefined);
  }

  async #keepAll(): Promise<void> {
    // Reports of the same moment share a transaction.
    await nextTurn();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MAX_BATCH);
      this.#waiting = this.#waiting.slice(MAX_BATCH);
      try {
        await this.#store.transact((writer) => this.#keep(writer, batch));
        for (const { report } of batch) settle(report);
      } catch (caught) {
        this.#fail(batch, caught);
      }
      await nextTurn();
    }
    this.#keeping = undefined;
  }

  async #keep(writer: StoreWriter, batch: readonly Entry[]): Promise<void> {
    const at = this.#now();
    for (const { key, totals } of batch) {
      const text = await writer.seriesTotals(key);
      const known = text === undefined ? emptyTotals() : this.#read(text, key, totals);
      if (!hasReached(totals, known)) {
        if (!hasReached(known, totals)) this.#tellBackwards(key);
        continue;
      }
      // A report that holds nothing new is kept as well: it says that the boot is alive.
      await writer.putSeriesTotals(key, totalsToJson(totals), at);
      if (hasReached(known, totals)) continue;
      const { model, version, role } = key;
      const slot = { model, version, role, at: Math.floor(at / FINE_SLOT_MS) * FINE_SLOT_MS, widthMs: FINE_SLOT_MS };
      await addToSlot(writer, { key: slot, totals: subtractTotals(totals, known), onFault: this.#onFault });
    }
  }

  /** Where the known totals cannot be read, counting goes on from what is reported. */
  #read(text: string, key: SeriesKey, reported: SeriesTotals): SeriesTotals {
    try {
      return totalsFromJson(text);
    } catch (caught) {
      this.#onFault(`known totals of ${nameOf(key)} cannot be read; what came after them is not counted`, caught);
      return reported;
    }
  }

  /** The reports of a batch that failed are given up whole. */
  #fail(batch: readonly Entry[], caught: unknown): void {
    const reports = new Set(batch.map(({ report }) => report));
    this.#waiting = this.#waiting.filter(({ report }) => !reports.has(report));
    for (const report of reports) {
      report.reject(caught);
    }
  }

  #tellBackwards(key: SeriesKey): void {
    const name = nameOf(key);
    if (this.#told.has(name) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(name);
    this.#onFault(`statistics of ${name} went backwards and are not counted`, undefined);
  }
}

function nameOf({ instance, boot, model, version, role }: SeriesKey): string {
  return `${model} ${version} (${role}) from instance ${instance}, boot ${boot}`;
}

function settle(report: Report): void {
  report.left -= 1;
  if (report.left === 0) report.resolve();
}
