/** The models of the registry, by name. */
import type { ModelOverview, StoreReader } from '../registry/store.ts';
import type { AdminContext } from './context.ts';
import { cutPage, onePast, readPage } from './paging.ts';
import type { PageRequest } from './paging.ts';
import { findModel } from './resolve-version.ts';

const LIST = ['models'];

export async function listModels(
  { store }: AdminContext,
  request: PageRequest,
): Promise<{ readonly models: readonly ModelOverview[]; readonly nextPageToken: string }> {
  const page = readPage(LIST, request);
  const found = await store.models(onePast(page));
  const { items, nextPageToken } = cutPage(LIST, { items: found, limit: page.limit, keyOf: ({ model }) => model });
  return { models: items, nextPageToken };
}

/** One of them. */
export async function overviewOf(store: StoreReader, model: string): Promise<ModelOverview> {
  const found = await findModel(store, model);
  const versions = await store.versionStates(model);
  const latest = await store.latestQualified(model);
  const epoch = await store.epoch(model);
  return { ...found, versions: versions.length, latest: latest?.version ?? '', epoch };
}
