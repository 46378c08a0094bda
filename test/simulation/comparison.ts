/** What serve processes count of a rollout's arms and what the rollout makes of it: the server's own code. */
import type { LatencyMetric } from '../../src/domain/strategy.ts';
import { armPlaceFrom, armTotalsFrom } from '../../src/monitor/arm-codec.ts';
import { ArmEvidence } from '../../src/monitor/arm-evidence.ts';
import { EvidenceBook } from '../../src/monitor/evidence-book.ts';
import type { EvidenceSource } from '../../src/monitor/evidence-book.ts';
import { noEvidence, openEpoch, takeArms } from '../../src/rollout/evidence.ts';
import type { RolloutEvidence } from '../../src/rollout/evidence.ts';

export const ARMS = { candidate: '2', stable: '1' };

export interface ComparisonOptions {
  readonly margins: ReadonlyMap<LatencyMetric, number>;
  readonly processes?: number;
}

export class Comparison {
  readonly #margins: ReadonlyMap<LatencyMetric, number>;
  readonly #books: readonly EvidenceBook[];
  /** Of each serve process. */
  readonly processes: readonly ArmEvidence[];
  /** The activity of each row when it was told last. */
  readonly #told = new Map<EvidenceSource, number>();
  evidence: RolloutEvidence = noEvidence();

  constructor({ margins, processes = 1 }: ComparisonOptions) {
    this.#margins = margins;
    this.#books = Array.from({ length: processes }, () => new EvidenceBook());
    this.processes = this.#books.map((book) => new ArmEvidence(book));
  }

  /** @param weight the candidate's. */
  open(epoch: number, weight: number): void {
    this.evidence = openEpoch(this.evidence, { epoch, weight });
  }

  /** Every process tells what is new. @param now epoch ms */
  report(now: number): void {
    const rows = this.#books.flatMap((book, process) =>
      book.sources().flatMap((source) => {
        if (this.#told.get(source) === source.activity) return [];
        this.#told.set(source, source.activity);
        const place = armPlaceFrom(source.name);
        return { instance: String(process), boot: 'b', ...place, totals: armTotalsFrom(source.body()) };
      }),
    );
    this.evidence = takeArms(this.evidence, rows, { ...ARMS, margins: this.#margins, windowMs: 60_000, now });
  }

  /** The largest ln e of these metrics so far. */
  largest(metrics: readonly LatencyMetric[]): readonly number[] {
    return metrics.map((metric) => this.evidence.latencies[metric].mostLog);
  }
}
