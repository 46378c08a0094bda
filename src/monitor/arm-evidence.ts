/** The recorders of all arms whose policies are followed here, one per model, epoch and arm. */
import { ArmRecorder } from './arm-recorder.ts';
import type { ArmCall } from './arm-recorder.ts';
import type { EvidenceBook } from './evidence-book.ts';
import { FirstCalls } from './first-calls.ts';
import { Neighbours } from './neighbours.ts';
import type { Neighbour } from './neighbours.ts';

/** Calls that begin under an older epoch are not counted any more. */
const MAX_EPOCHS = 8;
/** Since the process began; the arms of further ones are not followed. */
const MAX_MODELS = 1_000;
/** From so many faults in a row on, each is told at once. */
const HURRY_FROM = 3;

/** A call that a slot decided, under a policy of more than one arm. */
export interface ArmArrival {
  readonly model: string;
  readonly epoch: number;
  readonly arm: string;
  readonly slot: number;
  /** This epoch drew the arm of its slot, and none before it did; of calls without a routing key always. */
  readonly isDrawn: boolean;
  /** Of its routing key; undefined without one. */
  readonly keyHash: number | undefined;
}

/** A call on its way, to be recorded when it ends. */
export interface ArmTicket {
  readonly of: EpochArms;
  readonly recorder: ArmRecorder;
  readonly slot: number;
  readonly keyed: boolean;
  readonly pair: Neighbour;
  /** Where the call is evidence of harm. */
  readonly drawn: Neighbour | undefined;
}

/** What became of a call. */
type ArmEnd = Pick<ArmCall, 'outcome' | 'ms' | 'run'>;

/** The arms of one model in one epoch. */
interface EpochArms {
  readonly recorders: Map<string, ArmRecorder>;
  readonly pairs: Neighbours;
  readonly drawn: Neighbours;
  readonly firstCalls: FirstCalls;
}

export class ArmEvidence {
  readonly #book: EvidenceBook;
  /** By model, then by epoch. */
  readonly #models = new Map<string, Map<number, EpochArms>>();

  constructor(book: EvidenceBook) {
    this.#book = book;
  }

  /** In the order in which calls come. @returns undefined where the call is not counted. */
  arrive({ model, epoch, arm, slot, isDrawn, keyHash }: ArmArrival): ArmTicket | undefined {
    const of = this.#models.get(model)?.get(epoch) ?? this.#open(model, epoch);
    if (of === undefined) return undefined;
    const recorder = of.recorders.get(arm) ?? this.#add(of, { model, epoch, arm });
    const isNews = isDrawn && (keyHash === undefined || of.firstCalls.take(keyHash));
    return {
      of,
      recorder,
      slot,
      keyed: keyHash !== undefined,
      pair: of.pairs.arrive(recorder.pairs),
      drawn: isNews ? of.drawn.arrive(recorder.drawn) : undefined,
    };
  }

  record({ of, recorder, slot, keyed, pair, drawn }: ArmTicket, { outcome, ms, run }: ArmEnd): void {
    if (recorder.record({ outcome, ms, slot, keyed, run }) >= HURRY_FROM) this.#book.hurry();
    if (outcome !== 'ok' || run === undefined) return;
    const took = { ms, run };
    of.pairs.answered(pair, took);
    if (drawn !== undefined) of.drawn.answered(drawn, took);
  }

  #open(model: string, epoch: number): EpochArms | undefined {
    let epochs = this.#models.get(model);
    if (epochs === undefined) {
      if (this.#models.size >= MAX_MODELS) return undefined;
      epochs = new Map();
      this.#models.set(model, epochs);
    }
    const newest = Math.max(epoch, ...epochs.keys());
    if (epoch <= newest - MAX_EPOCHS) return undefined;
    for (const [old, { recorders }] of epochs) {
      if (old > newest - MAX_EPOCHS) continue;
      epochs.delete(old);
      for (const recorder of recorders.values()) this.#book.retire(recorder);
    }
    const made: EpochArms = {
      recorders: new Map(),
      pairs: new Neighbours(),
      drawn: new Neighbours(),
      firstCalls: new FirstCalls(),
    };
    epochs.set(epoch, made);
    return made;
  }

  #add({ recorders }: EpochArms, place: { model: string; epoch: number; arm: string }): ArmRecorder {
    const made = new ArmRecorder(place);
    recorders.set(place.arm, made);
    this.#book.add(made);
    return made;
  }
}
