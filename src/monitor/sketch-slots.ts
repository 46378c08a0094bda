/** A version's sketches of what it was sent and answered, in slots of ten minutes, as rows of the evidence book. */
import type { JsonRecord } from '../domain/registry.ts';
import type { Signature } from '../domain/signature.ts';
import type { EvidenceBook, EvidenceSource } from './evidence-book.ts';
import { SketchRecorder } from './sketch-recorder.ts';
import type { Observation } from './sketch-recorder.ts';

export const SLOT_MS = 600_000;
/** 25 h: then a slot's row takes the place of an older one. */
const RING = 150;
/** A sketch is some 10 kB: it is not told anew four times a second. */
const TELL_EVERY_MS = 5_000;

export interface SketchSlotsOptions {
  readonly model: string;
  readonly version: string;
  readonly signature: Signature;
  readonly book: EvidenceBook;
  /** The wall clock. */
  readonly now: () => number;
}

/**
 * Slots take turns on two sources: while one counts, the other's last counts have ten minutes to be told. Those of a
 * slot that could not be told in that time are lost.
 */
export class SketchSlots {
  readonly #book: EvidenceBook;
  readonly #now: () => number;
  readonly #sources: readonly [SlotSource, SlotSource];

  constructor(options: SketchSlotsOptions) {
    this.#book = options.book;
    this.#now = options.now;
    this.#sources = [new SlotSource(options), new SlotSource(options)];
    for (const source of this.#sources) options.book.add(source);
  }

  record(observation: Observation): void {
    const slot = Math.floor(this.#now() / SLOT_MS);
    this.#sources[slot % 2 === 0 ? 0 : 1].record(observation, slot);
  }

  /** Nothing more will be recorded. */
  retire(): void {
    for (const source of this.#sources) this.#book.retire(source);
  }
}

class SlotSource implements EvidenceSource {
  readonly kind = 'sketch';
  readonly model: string;
  readonly #version: string;
  readonly #signature: Signature;
  readonly #now: () => number;
  /** From the first call on: a recorder takes kilobytes. */
  #recorder: SketchRecorder | undefined;
  #slot = 0;
  #calls = 0;
  #records = 0;
  #told = 0;
  #toldAt = 0;

  constructor({ model, version, signature, now }: SketchSlotsOptions) {
    this.model = model;
    this.#version = version;
    this.#signature = signature;
    this.#now = now;
  }

  get name(): string {
    return `${this.#version}@${String(this.#slot % RING)}`;
  }

  get activity(): number {
    const now = this.#now();
    // A clock that was set back would be silent until it comes by again.
    const due = now - this.#toldAt >= TELL_EVERY_MS || now < this.#toldAt;
    if (this.#records > this.#told && due) {
      this.#told = this.#records;
      this.#toldAt = now;
    }
    return this.#told;
  }

  body(): JsonRecord {
    return { slot: this.#slot, calls: this.#calls, features: this.#recorder?.totals() ?? {} };
  }

  record(observation: Observation, slot: number): void {
    if (slot !== this.#slot) {
      this.#slot = slot;
      this.#calls = 0;
      this.#recorder = undefined;
      // What comes first in a slot is told at once.
      this.#toldAt = 0;
    }
    this.#recorder ??= new SketchRecorder(this.#signature);
    this.#recorder.record(observation);
    this.#calls += 1;
    this.#records += 1;
  }
}
