/** Takes outcomes in: many calls in one transaction, each answered once that is committed. */
import { ServerError } from '../domain/errors.ts';
import type { OutcomeReceipt, ReportedOutcome } from '../domain/experiment.ts';
import type { Store, StoreWriter } from '../registry/store.ts';
import type { Refusal } from './experiment-body.ts';
import { addRefusals } from './experiment-note.ts';
import { judgeOutcome } from './outcome-judge.ts';
import { OutcomeScopes } from './outcome-scopes.ts';

export interface OutcomesOptions {
  readonly store: Pick<Store, 'transact'>;
  /** Epoch ms. */
  readonly now: () => number;
  /** Signs prediction ids. */
  readonly predictionKey: Uint8Array;
}

const MAX_OUTCOMES = 1000;
const MAX_NOTES = 10;
/** Calls that wait for a transaction. */
const MAX_WAITING = 1000;
/** Outcomes of one transaction, but for the last call's: so that others get their turn. */
const MAX_TOGETHER = 2000;

interface Waiting {
  readonly outcomes: readonly ReportedOutcome[];
  readonly resolve: (receipt: OutcomeReceipt) => void;
  readonly reject: (error: unknown) => void;
}

interface Stored {
  readonly receipts: readonly OutcomeReceipt[];
  readonly touched: ReadonlySet<string>;
}

/** Of all calls of a transaction, by experiment. */
type Refusals = Map<string, Map<Refusal, number>>;

export class Outcomes {
  readonly #options: OutcomesOptions;
  readonly #listeners = new Set<(experiments: ReadonlySet<string>) => void>();
  #waiting: Waiting[] = [];
  #keeping: Promise<void> | undefined;

  constructor(options: OutcomesOptions) {
    this.#options = options;
  }

  /** Resolves once everything is stored; when it rejects nothing of it was taken. */
  keep(outcomes: readonly ReportedOutcome[]): Promise<OutcomeReceipt> {
    if (outcomes.length > MAX_OUTCOMES) {
      const message = `${outcomes.length} outcomes in one call; send ${MAX_OUTCOMES} at most`;
      return Promise.reject(new ServerError('invalid_argument', message));
    }
    if (this.#waiting.length >= MAX_WAITING) {
      const message = `${this.#waiting.length} calls with outcomes wait to be stored; send it again later`;
      return Promise.reject(new ServerError('resource_exhausted', message));
    }
    const { promise, resolve, reject } = Promise.withResolvers<OutcomeReceipt>();
    this.#waiting.push({ outcomes, resolve, reject });
    this.#keeping ??= this.#keepAll().finally(() => {
      this.#keeping = undefined;
    });
    return promise;
  }

  /** Calls back with names of experiments whose outcomes were stored or refused. Returns the way to stop it. */
  listen(listener: (experiments: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Never rejects: whoever waits is told. */
  async #keepAll(): Promise<void> {
    // So that calls which come together are stored together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const together = this.#take();
      try {
        const { receipts, touched } = await this.#options.store.transact((writer) => this.#store(writer, together));
        for (const [at, { resolve, reject }] of together.entries()) {
          const receipt = receipts[at];
          if (receipt === undefined) reject(new ServerError('internal', 'outcomes were stored without a receipt'));
          else resolve(receipt);
        }
        for (const listener of [...this.#listeners]) listener(touched);
      } catch (caught) {
        for (const { reject } of together) reject(caught);
      }
    }
  }

  #take(): readonly Waiting[] {
    let outcomes = 0;
    let calls = 0;
    for (const waiting of this.#waiting) {
      if (outcomes >= MAX_TOGETHER) break;
      outcomes += waiting.outcomes.length;
      calls += 1;
    }
    return this.#waiting.splice(0, calls);
  }

  async #store(writer: StoreWriter, together: readonly Waiting[]): Promise<Stored> {
    const { now, predictionKey } = this.#options;
    const at = now();
    const scopes = new OutcomeScopes(writer, at);
    const refusals: Refusals = new Map();
    const touched = new Set<string>();
    const receipts: OutcomeReceipt[] = [];
    for (const { outcomes } of together) {
      const counts = { accepted: 0, duplicate: 0, forged: 0, late: 0, unknown: 0, invalid: 0 };
      const notes: string[] = [];
      for (const outcome of outcomes) {
        let judged = await judgeOutcome(outcome, { scopes, now: at, predictionKey });
        touched.add(judged.experiment);
        if (judged.kind === 'row') {
          if (await writer.addOutcome(judged.row)) {
            counts.accepted += 1;
            continue;
          }
          judged = { kind: 'duplicate', note: `${judged.name} was counted before`, experiment: judged.experiment };
        }
        counts[judged.kind] += 1;
        if (notes.length < MAX_NOTES) notes.push(judged.note);
        count(refusals, judged.experiment, judged.kind);
      }
      receipts.push({ ...counts, notes });
    }
    for (const [name, counts] of refusals) {
      // Callers may write any name.
      const record = await scopes.experiment(name);
      if (record !== undefined) await addRefusals(writer, { id: record.document.id, counts });
    }
    return { receipts, touched };
  }
}

function count(refusals: Refusals, experiment: string, why: Refusal): void {
  if (experiment === '') return;
  const own = refusals.get(experiment) ?? new Map<Refusal, number>();
  own.set(why, (own.get(why) ?? 0) + 1);
  refusals.set(experiment, own);
}
