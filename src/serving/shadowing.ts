/** What this process finds out about shadows: each copied call's answers are compared and counted. */
import type { EvidenceBook } from '../monitor/evidence-book.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import type { DriftSampler } from './drift-sampler.ts';
import { makeExample } from './shadow-example.ts';
import { ShadowPairs } from './shadow-pairs.ts';
import type { CopyOutcome, PairedCall, PairSink } from './shadow-pairs.ts';
import { ShadowRecord } from './shadow-record.ts';
import type { SpareTime } from './spare-time.ts';

export interface ShadowingOptions {
  readonly book: EvidenceBook;
  readonly spare: SpareTime;
  readonly sampler: DriftSampler;
  /** The wall clock. */
  readonly now: () => number;
}

interface Entry {
  readonly record: ShadowRecord;
  copies: number;
}

/** Pairs of versions since the process began; copies for further ones run, but are not compared. */
const MAX_RECORDS = 500;
/** One of so many copied calls also runs a second time on the live version: how far it is from itself is noise. */
const NOISE_EVERY = 20;

export class Shadowing {
  readonly #book: EvidenceBook;
  readonly #now: () => number;
  readonly #sampler: DriftSampler;
  readonly #pairs: ShadowPairs;
  readonly #entries = new Map<string, Entry>();
  /** So that no name has to be put together for a call. */
  readonly #known = new WeakMap<VersionRunner, WeakMap<VersionRunner, Entry>>();

  constructor({ book, spare, sampler, now }: ShadowingOptions) {
    this.#book = book;
    this.#now = now;
    this.#sampler = sampler;
    this.#pairs = new ShadowPairs(spare);
  }

  /** @param run never throws, and its promise never rejects. */
  follow(call: PairedCall, shadow: VersionRunner, run: (runner: VersionRunner) => Promise<CopyOutcome>): void {
    const entry = this.#entryOf(call.live, shadow);
    if (entry === undefined) {
      void run(shadow);
      return;
    }
    if (this.#pairs.promise()) {
      void this.#pairs.follow(call, () => run(shadow), this.#sinkOf(entry.record, call.live, shadow));
    } else {
      entry.record.recordSkipped('over_budget');
    }
    const again = call.live.shadow;
    if (entry.copies % NOISE_EVERY === 0 && again !== undefined && this.#pairs.promise()) {
      void this.#pairs.follow(call, () => run(again), noiseSink(entry.record));
    }
    entry.copies += 1;
  }

  #entryOf(live: VersionRunner, shadow: VersionRunner): Entry | undefined {
    const known = this.#known.get(live)?.get(shadow);
    if (known !== undefined) return known;
    const names = { model: live.model, live: live.spec.version, shadow: shadow.spec.version };
    const key = `${names.model}/${names.live}/${names.shadow}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (this.#entries.size >= MAX_RECORDS) return undefined;
      entry = { record: new ShadowRecord({ ...names, book: this.#book, now: this.#now }), copies: 0 };
      this.#entries.set(key, entry);
    }
    const beside = this.#known.get(live) ?? new WeakMap<VersionRunner, Entry>();
    this.#known.set(live, beside.set(shadow, entry));
    return entry;
  }

  #sinkOf(record: ShadowRecord, live: VersionRunner, shadow: VersionRunner): PairSink {
    return {
      compared: (comparison, pair) => {
        const { inputs, live: answer, copy } = pair;
        record.recordPair(comparison, { liveMs: answer.timings.computeMs, shadowMs: copy.timings.computeMs });
        shadow.stats.recordPair(comparison.totals.disagreed > 0);
        this.#sampler.offer(shadow, pair, copy);
        if (live.spec.settings.shadow?.private === true || !record.wantsExample(comparison)) return;
        const tensors = { inputs, live: answer.outputs, shadow: copy.outputs };
        record.keepExample(makeExample(tensors, comparison, this.#now()));
      },
      skipped: (why) => {
        record.recordSkipped(why);
      },
      failed: (code) => {
        record.recordShadowError(code);
      },
    };
  }
}

/** Only what was compared says something: how often the live version fails is known from its callers. */
function noiseSink(record: ShadowRecord): PairSink {
  return {
    compared: (comparison) => {
      record.recordNoise(comparison);
    },
    skipped: () => undefined,
    failed: () => undefined,
  };
}
