/** Rows of evidence as serve processes report them, for tests of what rollouts make of them. */
import type { LatencyMetric } from '../../../src/domain/strategy.ts';
import { LATENCY_METRICS } from '../../../src/domain/strategy.ts';
import type { Outcome } from '../../../src/domain/tracing.ts';
import { ArmRecorder } from '../../../src/monitor/arm-recorder.ts';
import type { ArmRow } from '../../../src/rollout/arm-delta.ts';
import { noEvidence, openEpoch, takeArms } from '../../../src/rollout/evidence.ts';
import type { RolloutEvidence } from '../../../src/rollout/evidence.ts';

export const MARGIN = 1.19;

interface Calls {
  readonly outcome?: Outcome;
  readonly ms?: number;
  readonly slot?: number;
  readonly isKnown?: boolean;
  readonly isAlone?: boolean;
}

/** One arm of one epoch on one serve process. */
export class Arm {
  readonly #recorder: ArmRecorder;
  readonly #place: Omit<ArmRow, 'totals'>;

  constructor(arm: 'candidate' | 'stable', over: Partial<Omit<ArmRow, 'totals' | 'arm'>> = {}) {
    this.#place = { instance: 'a', boot: 'b', epoch: 1, arm, ...over };
    this.#recorder = new ArmRecorder({ model: 'iris', epoch: this.#place.epoch, arm });
  }

  /**
   * Calls without a key, unless a slot is given; each a run of its own of this many ms. Those that are answered are in
   * pairs unless they are alone, and of pairs drawn anew unless they are known.
   */
  calls(count: number, { outcome = 'ok', ms = 10, slot, isKnown = false, isAlone = false }: Calls = {}): this {
    for (let call = 0; call < count; call += 1) {
      const run = { id: Symbol(), computeMs: ms };
      this.#recorder.record({ outcome, ms, slot: slot ?? 0, keyed: slot !== undefined, run });
      if (outcome === 'ok' && !isAlone) this.pairs(1, ms, isKnown);
    }
    return this;
  }

  /** Pairs of calls that were counted before. */
  pairs(count: number, ms = 10, isKnown = false): this {
    for (let pair = 0; pair < count; pair += 1) {
      const took = { ms, run: { id: Symbol(), computeMs: ms } };
      this.#recorder.pairs.record(took);
      if (!isKnown) this.#recorder.drawn.record(took);
    }
    return this;
  }

  row(): ArmRow {
    return { ...this.#place, totals: this.#recorder.totals() };
  }
}

/** With the candidate's weight in epochs 1, 2, … */
export function opened(...weights: readonly number[]): RolloutEvidence {
  return weights.reduce((evidence, weight, index) => openEpoch(evidence, { epoch: index + 1, weight }), noEvidence());
}

export function taken(evidence: RolloutEvidence, rows: readonly (Arm | ArmRow)[], now = 0): RolloutEvidence {
  const margins = new Map<LatencyMetric, number>(LATENCY_METRICS.map((metric) => [metric, MARGIN]));
  const read = rows.map((row) => (row instanceof Arm ? row.row() : row));
  return takeArms(evidence, read, { candidate: 'candidate', stable: 'stable', margins, windowMs: 60_000, now });
}
