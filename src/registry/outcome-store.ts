/** Outcomes as the store keeps them: each once, and their sums per unit. */

import type { UnitSums } from '../domain/experiment.ts';

/** Who collects outcomes: "experiment:NAME" or "rollout:ID". */
export interface OutcomeRow {
  readonly scope: string;
  readonly metric: string;
  /** What makes it one outcome: of the prediction or key and the client's id. */
  readonly key: string;
  readonly arm: string;
  /** What was randomised; outcomes of one unit are not independent. */
  readonly unit: string;
  /** '' = reported by routing key. */
  readonly prediction: string;
  /** Of the prediction's slot, see SLOT_PARTS; 0 where there is no prediction. */
  readonly part: number;
  readonly value: number;
  readonly denominator: number;
  readonly at: number;
}

export interface OutcomeReader {
  unitSums(scope: string, metric: string): Promise<readonly UnitSums[]>;
  /** Means y/d of the units at these ranks (from 0 on, ascending by mean), for quantiles. */
  unitMeansAt(query: {
    readonly scope: string;
    readonly metric: string;
    readonly arm: string;
    readonly ranks: readonly number[];
  }): Promise<readonly number[]>;
  /** Units and outcomes of any metric, by arm. */
  outcomeCounts(
    scope: string,
  ): Promise<readonly { readonly arm: string; readonly units: number; readonly outcomes: number }[]>;
  /** Predictions with at least one outcome of any metric, by arm and part of the slots. */
  reportedPredictions(
    scope: string,
  ): Promise<readonly { readonly arm: string; readonly part: number; readonly predictions: number }[]>;
}

export interface OutcomeWriter {
  /** False where the same scope, metric and key is there already; nothing changes then. */
  addOutcome(row: OutcomeRow): Promise<boolean>;
}
