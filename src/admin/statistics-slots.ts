/** Slots of statistics: 10 s wide at first, merged into 5 minutes when they are 20 minutes old, gone after 25 hours. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { totalsFromJson, totalsToJson } from '../monitor/series-codec.ts';
import { addTotals, emptyTotals } from '../monitor/series.ts';
import type { SeriesTotals } from '../monitor/series.ts';
import type { StatisticsSlot, Store, StoreWriter } from '../registry/store.ts';

export const FINE_SLOT_MS = 10_000;
export const COARSE_SLOT_MS = 300_000;
export const KEEP_FINE_MS = 20 * 60_000;
/** More than the longest window, by the slot that it begins in and some time for the roll-up. */
const KEEP_COARSE_MS = 25 * 3_600_000;
/** Cumulative totals of a boot that was not heard of for so long are forgotten. */
const KEEP_TOTALS_MS = 7 * 24 * 3_600_000;
/**
 * Serve processes say again every hour what does not change (see StatisticsReporter). So only who has listened longer
 * can know which boots are gone: after a week's absence all would seem so, and what they say next would count twice.
 */
const LISTEN_FIRST_MS = 2 * 3_600_000;

/** Slots of one transaction, and transactions of one step. */
const MAX_BATCH = 100;
const MAX_BATCHES = 20;

type SlotKey = Omit<StatisticsSlot, 'totals'>;

/** Something that was kept cannot be read. */
export type OnFault = (what: string, cause: unknown) => void;

/** What the slot holds already stays in it; where that cannot be read, the slot begins anew. */
export async function addToSlot(
  writer: StoreWriter,
  { key, totals, onFault }: { key: SlotKey; totals: SeriesTotals; onFault: OnFault },
): Promise<void> {
  const { model, version, role, at, widthMs } = key;
  const there = await writer.statistics({ model, version, role, from: at, to: at + 1 });
  const slot = there.find((candidate) => candidate.widthMs === widthMs);
  const former = slot === undefined ? undefined : readSlot(slot, onFault);
  const sum = former === undefined ? totals : addTotals(former, totals);
  await writer.putStatistics({ ...key, totals: totalsToJson(sum) });
}

/** A slot that cannot be read must not keep the others from being counted or merged: it is told of and left out. */
function readSlot(
  { model, version, role, at, widthMs, totals }: StatisticsSlot,
  onFault: OnFault,
): SeriesTotals | undefined {
  try {
    return totalsFromJson(totals);
  } catch (caught) {
    const span = `${String(widthMs / 1000)} s from ${new Date(at).toISOString()} on`;
    onFault(`the statistics of ${model} ${version} (${role}) of ${span} cannot be read and are lost`, caught);
    return undefined;
  }
}

export interface RollUpOptions {
  readonly store: Store;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onFault: OnFault;
}

export class RollUp {
  readonly #options: RollUpOptions;
  #totalsDue: number;
  #stopped = false;

  constructor(options: RollUpOptions) {
    this.#options = options;
    this.#totalsDue = options.now() + LISTEN_FIRST_MS;
  }

  /** Does so much and no more; what is left is done by the next steps. */
  async step(): Promise<void> {
    const { store, now } = this.#options;
    // Whole coarse slots only, so that a window never has to take half of one.
    const fineEnd = Math.floor((now() - KEEP_FINE_MS) / COARSE_SLOT_MS) * COARSE_SLOT_MS;
    await this.#repeat((writer) => this.#mergeSome(writer, fineEnd));
    await this.#repeat((writer) => deleteSome(writer, now() - KEEP_COARSE_MS));
    if (now() < this.#totalsDue || this.#stopped) return;
    await store.transact((writer) => writer.deleteSeriesTotalsBefore(now() - KEEP_TOTALS_MS));
    this.#totalsDue = now() + LISTEN_FIRST_MS;
  }

  /** No transaction is begun any more. */
  stop(): void {
    this.#stopped = true;
  }

  async #repeat(work: (writer: StoreWriter) => Promise<number>): Promise<void> {
    for (let batch = 0; batch < MAX_BATCHES && !this.#stopped; batch++) {
      const done = await this.#options.store.transact(work);
      if (done < MAX_BATCH) return;
      await nextTurn();
    }
  }

  async #mergeSome(writer: StoreWriter, before: number): Promise<number> {
    const { onFault } = this.#options;
    const slots = await writer.statisticsBefore(FINE_SLOT_MS, before, MAX_BATCH);
    const merged = new Map<string, { readonly key: SlotKey; totals: SeriesTotals }>();
    for (const slot of slots) {
      const totals = readSlot(slot, onFault);
      if (totals === undefined) continue;
      const { model, version, role } = slot;
      const at = Math.floor(slot.at / COARSE_SLOT_MS) * COARSE_SLOT_MS;
      const name = JSON.stringify([model, version, role, at]);
      const sum = merged.get(name) ?? {
        key: { model, version, role, at, widthMs: COARSE_SLOT_MS },
        totals: emptyTotals(),
      };
      sum.totals = addTotals(sum.totals, totals);
      merged.set(name, sum);
    }
    for (const { key, totals } of merged.values()) await addToSlot(writer, { key, totals, onFault });
    await writer.deleteStatistics(slots);
    return slots.length;
  }
}

async function deleteSome(writer: StoreWriter, before: number): Promise<number> {
  const slots = await writer.statisticsBefore(COARSE_SLOT_MS, before, MAX_BATCH);
  await writer.deleteStatistics(slots);
  return slots.length;
}
