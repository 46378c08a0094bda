/** A rollout with what the store keeps about it. */
import { ServerError } from '../domain/errors.ts';
import type { StoredDocument } from '../registry/document-store.ts';
import type { StoreReader } from '../registry/store.ts';
import type { ArmSums } from '../rollout/evidence.ts';
import type { Judgement } from '../rollout/judge.ts';
import type { RolloutState, Transition } from '../rollout/state.ts';
import { recordFrom } from './rollout-codec.ts';

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
  /** Take a candidate whose signature does not accept what the stable version accepts. */
  readonly force: boolean;
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

export async function findRollout(store: StoreReader, id: number): Promise<RolloutRecord> {
  const document = await store.document('rollout', id);
  if (document !== undefined) return recordFrom(document);
  throw new ServerError('not_found', `there is no rollout ${id}; List has their numbers`);
}

/** The open rollout of the model; there is one at most. */
export async function openRollout(store: StoreReader, model: string): Promise<RolloutRecord | undefined> {
  const [document] = await store.documents({ kind: 'rollout', model, open: true }, { limit: 1 });
  return document && recordFrom(document);
}
