/** The traffic policies that a model had, the newest first. */
import type { Epoch } from '../domain/registry.ts';
import type { AdminContext } from './context.ts';
import { cutPage, onePast, readNumberedPage } from './paging.ts';
import type { PageRequest } from './paging.ts';
import { findModel } from './resolve-version.ts';

export async function listEpochs(
  { store }: AdminContext,
  { model, ...request }: PageRequest & { readonly model: string },
): Promise<{ readonly epochs: readonly Epoch[]; readonly nextPageToken: string }> {
  const list = ['epochs', model];
  const page = readNumberedPage(list, request);
  await findModel(store, model);
  const found = await store.epochs(model, onePast(page));
  const keyOf = ({ policy }: Epoch): number => policy.epoch;
  const { items, nextPageToken } = cutPage(list, { items: found, limit: page.limit, keyOf });
  return { epochs: items, nextPageToken };
}
