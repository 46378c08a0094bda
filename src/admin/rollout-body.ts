/** What the store keeps of a rollout, as values. */
import type { StoredDocument } from '../registry/document-store.ts';
import type { ArmSums } from '../rollout/evidence.ts';
import type { Judgement } from '../rollout/judge.ts';
import type { RolloutState, Transition } from '../rollout/state.ts';

/** What was seen when the last transition happened. */
export interface Seen {
  readonly judgement: Judgement;
  readonly candidate: ArmSums;
  readonly stable: ArmSums;
}

export interface RolloutBody {
  readonly state: RolloutState;
  /** Of the traffic policy before the rollout, for afterwards. */
  readonly formerFailOver: string;
  readonly last: Seen | undefined;
}

export interface RolloutRecord extends RolloutBody {
  readonly document: StoredDocument;
}

/** One entry of the journal: a transition, and the epoch that was in force after it. */
export interface RolloutEntry extends Transition {
  readonly epoch: number;
  readonly generation: number;
}
