/** What the admin process has counted since it began: transactions, events, qualifications, outcomes, faults. */
import type { OutcomeReceipt } from '../domain/experiment.ts';
import { EVENT_KINDS } from '../domain/registry.ts';
import type { AuditEvent, EventKind } from '../domain/registry.ts';
import type { Outcome } from '../domain/tracing.ts';
import { Histogram } from './histogram.ts';

/** How an attempt to qualify a version ended; `failed` is the server's fault. */
export const QUALIFICATION_ENDS = ['qualified', 'rejected', 'failed'] as const;
export type QualificationEnd = (typeof QUALIFICATION_ENDS)[number];

export const OUTCOME_FATES = ['accepted', 'duplicate', 'forged', 'late', 'unknown', 'invalid'] as const;
export type OutcomeFate = (typeof OUTCOME_FATES)[number];

/** Transactions that end so are the server's fault; they are told of from the start, at zero. */
const STORE_FAULTS: readonly Outcome[] = ['internal', 'unavailable', 'deadline_exceeded', 'data_loss'];

export class AdminCounts {
  readonly startedAtMs: number;
  /** Seconds, by how they ended. */
  readonly transactions = new Map<Outcome, Histogram>(
    (['ok', ...STORE_FAULTS] as const).map((outcome) => [outcome, new Histogram()]),
  );
  /** Seconds. */
  readonly qualifications: Readonly<Record<QualificationEnd, Histogram>> = {
    qualified: new Histogram(),
    rejected: new Histogram(),
    failed: new Histogram(),
  };
  /** Events of the audit log, by kind. */
  readonly events = new Map<EventKind, number>(EVENT_KINDS.map((kind) => [kind, 0]));
  readonly outcomes: Readonly<Record<OutcomeFate, number>>;
  readonly #outcomes = { accepted: 0, duplicate: 0, forged: 0, late: 0, unknown: 0, invalid: 0 };
  #faults = 0;
  #chainLength = 0;

  /** `now` is the wall clock. */
  constructor(now: () => number = Date.now) {
    this.startedAtMs = now();
    this.outcomes = this.#outcomes;
  }

  /** What could not be done and is tried again, or was given up; the log says what. */
  get faults(): number {
    return this.#faults;
  }

  /** Events in the audit log. */
  get chainLength(): number {
    return this.#chainLength;
  }

  recordFault(): void {
    this.#faults += 1;
  }

  recordTransaction({ outcome, ms }: { readonly outcome: Outcome; readonly ms: number }): void {
    let histogram = this.transactions.get(outcome);
    if (histogram === undefined) {
      histogram = new Histogram();
      this.transactions.set(outcome, histogram);
    }
    histogram.record(ms / 1000);
  }

  recordEvent({ kind }: Pick<AuditEvent, 'kind'>): void {
    this.events.set(kind, (this.events.get(kind) ?? 0) + 1);
  }

  /** @param seq of the last event. */
  chainReached(seq: number): void {
    this.#chainLength = Math.max(this.#chainLength, seq);
  }

  recordQualification(end: QualificationEnd, ms: number): void {
    this.qualifications[end].record(ms / 1000);
  }

  recordOutcomes(receipt: OutcomeReceipt): void {
    for (const fate of OUTCOME_FATES) this.#outcomes[fate] += receipt[fate];
  }
}
