/** What the store keeps of an experiment, as values. */
import type { ExperimentPhase, OutcomeReceipt } from '../domain/experiment.ts';
import type { PolicyArm } from '../experiment/arms.ts';
import type { Exposures } from '../experiment/exposures.ts';
import type { ExperimentPlan } from '../experiment/plan.ts';
import type { StoredDocument } from '../registry/document-store.ts';

export interface ExperimentBody {
  readonly plan: ExperimentPlan;
  readonly phase: ExperimentPhase;
  /** Why it is in this phase. */
  readonly reason: string;
  readonly generation: number;
  /** The first epoch in which its arms are in force, and the first after them; 0 = none yet. */
  readonly epoch: number;
  readonly endEpoch: number;
  /** Of the policy while it runs: with another one every caller would change arms. */
  readonly salt: string;
  /** The arms that took its traffic before, which get it back. */
  readonly before: readonly PolicyArm[];
  readonly createdBy: string;
  /** When these epochs began, in epoch ms. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The arm; '' = none. */
  readonly promoted: string;
}

export interface ExperimentRecord extends ExperimentBody {
  readonly document: StoredDocument;
}

export type Refusal = Exclude<keyof OutcomeReceipt, 'accepted' | 'notes'>;

/** What is counted beside it. */
export interface ExperimentNote {
  /** Outcomes that were not counted, by why. */
  readonly refused: Readonly<Partial<Record<Refusal, number>>>;
  readonly exposures: Exposures;
}
