/** What was found out about one shadow version beside one live version since the process began. */
import type { ComparisonTotals } from '../domain/comparison.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { examplesToJson } from '../monitor/comparison-codec.ts';
import { isAmongWorst, worstOf } from '../monitor/comparison-examples.ts';
import type { ComparisonExample } from '../monitor/comparison-examples.ts';
import { addCounts, emptyComparison, mergePairTotals, NONE_SKIPPED } from '../monitor/comparison-totals.ts';
import type { EvidenceBook } from '../monitor/evidence-book.ts';
import type { PairComparison } from './compare-outputs.ts';

export interface ShadowRecordOptions {
  readonly model: string;
  readonly live: string;
  readonly shadow: string;
  readonly book: EvidenceBook;
  /** The wall clock. */
  readonly now: () => number;
}

/** How long the model's runs took. */
export interface PairTimes {
  readonly liveMs: number;
  readonly shadowMs: number;
}

export class ShadowRecord {
  #totals: Omit<ComparisonTotals, 'skipped'>;
  /** Counted in place: on a busy server most of the calls are not compared. */
  readonly #skipped = { ...NONE_SKIPPED };
  #examples: readonly ComparisonExample[] = [];
  #activity = 0;
  #exampleActivity = 0;

  constructor({ model, live, shadow, book, now }: ShadowRecordOptions) {
    this.#totals = emptyComparison(now());
    const name = `${live}/${shadow}`;
    const activity = (): number => this.#activity;
    const exampleActivity = (): number => this.#exampleActivity;
    book.add({
      kind: 'comparison',
      model,
      name,
      get activity() {
        return activity();
      },
      body: () => ({ ...this.#totals, skipped: { ...this.#skipped } }),
    });
    book.add({
      kind: 'examples',
      model,
      name,
      get activity() {
        return exampleActivity();
      },
      body: () => examplesToJson(this.#examples),
    });
  }

  recordPair({ totals }: PairComparison, { liveMs, shadowMs }: PairTimes): void {
    const before = this.#totals;
    const differenceMs = shadowMs - liveMs;
    this.#put({
      ...before,
      ...mergePairTotals(before, totals),
      liveMs: before.liveMs + liveMs,
      shadowMs: before.shadowMs + shadowMs,
      differenceMs: before.differenceMs + differenceMs,
      differenceMsSquared: before.differenceMsSquared + differenceMs ** 2,
      shadowSlower: before.shadowSlower + (differenceMs > 0 ? 1 : 0),
    });
  }

  recordNoise({ totals }: PairComparison): void {
    this.#put({ ...this.#totals, noise: mergePairTotals(this.#totals.noise, totals) });
  }

  recordSkipped(why: keyof ComparisonTotals['skipped']): void {
    this.#skipped[why] += 1;
    this.#activity += 1;
  }

  recordShadowError(code: ErrorCode): void {
    this.#put({ ...this.#totals, shadowErrors: addCounts(this.#totals.shadowErrors, { [code]: 1 }) });
  }

  /** Whether an example of this pair is worth its making. */
  wantsExample({ totals, score }: PairComparison): boolean {
    return totals.disagreed > 0 && isAmongWorst(this.#examples, score);
  }

  keepExample(example: ComparisonExample): void {
    this.#examples = worstOf([...this.#examples, example]);
    this.#exampleActivity += 1;
  }

  #put(totals: Omit<ComparisonTotals, 'skipped'>): void {
    this.#totals = totals;
    this.#activity += 1;
  }
}
