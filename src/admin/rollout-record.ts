/** Finds the rollout that somebody means. */
import { ServerError } from '../domain/errors.ts';
import type { StoreReader } from '../registry/store.ts';
import type { RolloutRecord } from './rollout-body.ts';
import { recordFrom } from './rollout-codec.ts';

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
