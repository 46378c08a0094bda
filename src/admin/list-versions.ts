/** The versions of a model, the newest first, as people number them. */
import { ServerError } from '../domain/errors.ts';
import type { RegistryState } from '../domain/registry.ts';
import type { VersionFilter } from '../registry/store.ts';
import type { AdminContext } from './context.ts';
import { cutPage, onePast, readPage } from './paging.ts';
import type { PageRequest } from './paging.ts';
import { findModel } from './resolve-version.ts';
import { viewsOf } from './version-view.ts';
import type { VersionView } from './version-view.ts';

export interface VersionQuery extends PageRequest {
  readonly model: string;
  /** '' = all. */
  readonly stage: string;
  /** undefined = all but deleted ones. */
  readonly state: RegistryState | undefined;
  /** "key" or "key=value"; '' = all. */
  readonly tag: string;
}

export async function listVersions(
  context: AdminContext,
  { model, stage, state, tag, ...request }: VersionQuery,
): Promise<{ readonly versions: readonly VersionView[]; readonly nextPageToken: string }> {
  const list = ['versions', model, stage, state ?? '', tag];
  const page = readPage(list, request);
  const filter: VersionFilter = {
    model,
    ...(stage === '' ? {} : { stage }),
    ...(state === undefined ? {} : { state }),
    ...(tag === '' ? {} : { tag: readTag(tag) }),
  };
  const found = await context.store.versions(filter, onePast(page));
  if (found.length === 0) await checkThereAreAny(context, model);
  const keyOf = ({ version }: { version: string }): string => version;
  const { items, nextPageToken } = cutPage(list, { items: found, limit: page.limit, keyOf });
  return { versions: await viewsOf(context, model, items), nextPageToken };
}

function readTag(tag: string): { readonly key: string; readonly value: string | undefined } {
  const at = tag.indexOf('=');
  return at < 0 ? { key: tag, value: undefined } : { key: tag.slice(0, at), value: tag.slice(at + 1) };
}

/** That nothing matches is an answer; that there is nothing to match is an error. */
async function checkThereAreAny({ store }: AdminContext, model: string): Promise<void> {
  await findModel(store, model);
  if ((await store.versionStates(model)).length > 0) return;
  throw new ServerError('not_found', `model "${model}" has no version; register one`);
}
