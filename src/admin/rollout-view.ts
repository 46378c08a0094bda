/** Rollouts as people see them: where they stand, what was seen, and the record of what was decided. */
import { ServerError } from '../domain/errors.ts';
import type { AdminContext } from './context.ts';
import { cutPage, onePast, readNumberedPage } from './paging.ts';
import type { PageRequest } from './paging.ts';
import { findModel } from './resolve-version.ts';
import { entryFrom, recordFrom } from './rollout-codec.ts';
import { findRollout } from './rollout-record.ts';
import type { RolloutEntry, RolloutRecord, Seen } from './rollout-body.ts';

export interface RolloutView {
  readonly record: RolloutRecord;
  /** Now, or when it ended; undefined before the first look. */
  readonly seen: Seen | undefined;
  /** Oldest first; none in lists, which would be too long for one message. */
  readonly entries: readonly (RolloutEntry & { readonly seq: number })[];
}

export interface RolloutViews extends Pick<AdminContext, 'store'> {
  /** What the evidence of an open rollout says now. */
  readonly live: (id: number) => Seen | undefined;
}

const MAX_ENTRIES = 1000;

export async function getRollout(
  views: RolloutViews,
  { id, model }: { readonly id: number; readonly model: string },
): Promise<RolloutView> {
  const record = id === 0 ? await lastOf(views, model) : await findRollout(views.store, id);
  const entries = (await views.store.journal('rollout', record.document.id, MAX_ENTRIES)).map(entryFrom);
  return { record, seen: seenOf(views, record), entries };
}

function seenOf({ live }: RolloutViews, { document: { id, open }, last }: RolloutRecord): Seen | undefined {
  return (open ? live(id) : undefined) ?? last;
}

async function lastOf({ store }: RolloutViews, model: string): Promise<RolloutRecord> {
  await findModel(store, model);
  const [document] = await store.documents({ kind: 'rollout', model }, { limit: 1 });
  if (document !== undefined) return recordFrom(document);
  throw new ServerError('not_found', `model "${model}" had no rollout yet; Start one`);
}

export interface ListRolloutsInput extends PageRequest {
  /** '' = of all models. */
  readonly model: string;
  readonly openOnly: boolean;
}

/** The newest first. */
export async function listRollouts(
  views: RolloutViews,
  { model, openOnly, ...request }: ListRolloutsInput,
): Promise<{ readonly rollouts: readonly RolloutView[]; readonly nextPageToken: string }> {
  const list = ['rollouts', model, String(openOnly)];
  const page = readNumberedPage(list, request);
  if (model !== '') await findModel(views.store, model);
  const filter = { kind: 'rollout' as const, ...(model === '' ? {} : { model }), ...(openOnly ? { open: true } : {}) };
  const found = await views.store.documents(filter, onePast(page));
  const { items, nextPageToken } = cutPage(list, { items: found, limit: page.limit, keyOf: ({ id }) => id });
  const records = items.map(recordFrom);
  const rollouts = records.map((record) => ({ record, seen: seenOf(views, record), entries: [] }));
  return { rollouts, nextPageToken };
}
