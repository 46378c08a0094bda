/** The tokens, the newest first. */
import type { StoredToken } from '../registry/token-store.ts';
import type { AdminContext } from './context.ts';
import { cutPage, onePast, readNumberedPage } from './paging.ts';
import type { PageRequest } from './paging.ts';

export async function listTokens(
  { store }: Pick<AdminContext, 'store'>,
  { revoked, ...request }: PageRequest & { readonly revoked: boolean },
): Promise<{ readonly tokens: readonly StoredToken[]; readonly nextPageToken: string }> {
  const list = ['tokens', String(revoked)];
  const page = readNumberedPage(list, request);
  const found = await store.tokens({ revokedToo: revoked }, onePast(page));
  const { items, nextPageToken } = cutPage(list, { items: found, limit: page.limit, keyOf: ({ number }) => number });
  return { tokens: items, nextPageToken };
}
