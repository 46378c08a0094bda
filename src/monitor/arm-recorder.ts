/** Counts what ArmTotals tell of one arm in one epoch. */
import type { JsonRecord } from '../domain/registry.ts';
import { SLOT_PARTS, TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Outcome } from '../domain/tracing.ts';
import type { ArmTotals } from './arm-totals.ts';
import type { EvidenceSource } from './evidence-book.ts';
import { Histogram } from './histogram.ts';
import { RunTimes } from './neighbours.ts';
import type { RunTime } from './neighbours.ts';
import { histogramTotals } from './series.ts';

export interface ArmCall {
  readonly outcome: Outcome;
  /** The whole request. */
  readonly ms: number;
  /** Of the slot; a call without a routing key is a unit of its own. */
  readonly slot: number;
  readonly keyed: boolean;
  /** Of the run that answered it; undefined where none did. */
  readonly run: RunTime | undefined;
}

const FAULTS: ReadonlySet<Outcome> = new Set<Outcome>(['internal', 'unavailable', 'data_loss', 'unimplemented']);
const OVERLOADS: ReadonlySet<Outcome> = new Set<Outcome>(['resource_exhausted', 'deadline_exceeded']);

export class ArmRecorder implements EvidenceSource {
  readonly kind = 'arm';
  readonly model: string;
  readonly epoch: number;
  readonly name: string;
  readonly #request = new Histogram();
  readonly #runs = new RunTimes();
  /** Filled by the neighbours of the epoch. */
  readonly pairs = new RunTimes();
  readonly drawn = new RunTimes();
  readonly #faultSlots = new Slots();
  readonly #overloadSlots = new Slots();
  #calls = 0;
  #ok = 0;
  #faults = 0;
  #overloads = 0;
  #keylessFaults = 0;
  #keylessOverloads = 0;
  #row = 0;
  #longestRow = 0;
  #parts: Float64Array | undefined;
  #lastRun: symbol | undefined;

  constructor({ model, epoch, arm }: { readonly model: string; readonly epoch: number; readonly arm: string }) {
    this.model = model;
    this.epoch = epoch;
    this.name = `${epoch}/${arm}`;
  }

  get activity(): number {
    return this.#calls + this.pairs.request.count + this.drawn.request.count;
  }

  /** @returns how many faults there were in a row, this one included; 0 where it is none. */
  record({ outcome, ms, slot, keyed, run }: ArmCall): number {
    if (outcome === 'ok') {
      this.#ok += 1;
      this.#request.record(ms / 1000);
      // The calls of a run end one after the other.
      if (run !== undefined && run.id !== this.#lastRun) {
        this.#lastRun = run.id;
        this.#runs.record({ ms, run });
      }
    } else if (FAULTS.has(outcome)) {
      this.#faults += 1;
      if (keyed) this.#faultSlots.add(slot);
      else this.#keylessFaults += 1;
      this.#count(slot);
      this.#row += 1;
      this.#longestRow = Math.max(this.#longestRow, this.#row);
      return this.#row;
    } else if (OVERLOADS.has(outcome)) {
      this.#overloads += 1;
      if (keyed) this.#overloadSlots.add(slot);
      else this.#keylessOverloads += 1;
    } else {
      // The caller's own mistake or change of mind says nothing about the arm.
      return 0;
    }
    this.#count(slot);
    this.#row = 0;
    return 0;
  }

  #count(slot: number): void {
    this.#calls += 1;
    this.#parts ??= new Float64Array(SLOT_PARTS);
    const part = slot % SLOT_PARTS;
    this.#parts[part] = (this.#parts[part] ?? 0) + 1;
  }

  totals(): ArmTotals {
    return {
      calls: this.#calls,
      ok: this.#ok,
      faults: this.#faults,
      overloads: this.#overloads,
      keylessFaults: this.#keylessFaults,
      keylessOverloads: this.#keylessOverloads,
      faultSlots: this.#faultSlots.list(),
      overloadSlots: this.#overloadSlots.list(),
      faultsInARow: this.#row,
      longestRow: this.#longestRow,
      parts: [...(this.#parts ?? [])],
      request: histogramTotals(this.#request),
      runRequest: histogramTotals(this.#runs.request),
      runCompute: histogramTotals(this.#runs.compute),
      pairRequest: histogramTotals(this.pairs.request),
      pairCompute: histogramTotals(this.pairs.compute),
      drawnRequest: histogramTotals(this.drawn.request),
      drawnCompute: histogramTotals(this.drawn.compute),
    };
  }

  body(): JsonRecord {
    return { ...this.totals() };
  }
}

/** A set of slots that costs nothing while it is empty. */
class Slots {
  #bits: Uint8Array | undefined;

  add(slot: number): void {
    this.#bits ??= new Uint8Array(TOTAL_WEIGHT);
    this.#bits[slot] = 1;
  }

  /** Ascending. */
  list(): readonly number[] {
    const slots: number[] = [];
    this.#bits?.forEach((bit, slot) => {
      if (bit === 1) slots.push(slot);
    });
    return slots;
  }
}
