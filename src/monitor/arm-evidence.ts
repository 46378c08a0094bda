/** The recorders of all arms whose policies are followed here, one per model, epoch and arm. */
import { ArmRecorder } from './arm-recorder.ts';
import type { ArmCall } from './arm-recorder.ts';
import type { EvidenceBook } from './evidence-book.ts';

/** Calls that began under an older epoch are not counted any more. */
const MAX_EPOCHS = 8;
/** Since the process began; the arms of further ones are not followed. */
const MAX_MODELS = 1_000;
/** From so many faults in a row on, each is told at once. */
const HURRY_FROM = 3;

export interface ArmPlace {
  readonly model: string;
  readonly epoch: number;
  readonly arm: string;
}

export class ArmEvidence {
  readonly #book: EvidenceBook;
  /** By model, then by epoch and arm. */
  readonly #models = new Map<string, Map<string, ArmRecorder>>();

  constructor(book: EvidenceBook) {
    this.#book = book;
  }

  /** For calls that a slot decided, under a policy of more than one arm. */
  record(place: ArmPlace, call: ArmCall): void {
    const row = this.#recorder(place)?.record(call) ?? 0;
    if (row >= HURRY_FROM) this.#book.hurry();
  }

  #recorder({ model, epoch, arm }: ArmPlace): ArmRecorder | undefined {
    let arms = this.#models.get(model);
    if (arms === undefined) {
      if (this.#models.size >= MAX_MODELS) return undefined;
      arms = new Map();
      this.#models.set(model, arms);
    }
    const name = `${epoch}/${arm}`;
    const known = arms.get(name);
    if (known !== undefined) return known;
    const newest = Math.max(epoch, ...[...arms.values()].map((recorder) => recorder.epoch));
    if (epoch <= newest - MAX_EPOCHS) return undefined;
    for (const [key, recorder] of arms) {
      if (recorder.epoch > newest - MAX_EPOCHS) continue;
      arms.delete(key);
      this.#book.retire(recorder);
    }
    const made = new ArmRecorder({ model, epoch, arm });
    arms.set(name, made);
    this.#book.add(made);
    return made;
  }
}
