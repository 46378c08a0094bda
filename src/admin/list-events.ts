/** What was changed, the newest first. */
import { ServerError } from '../domain/errors.ts';
import { EVENT_KINDS } from '../domain/registry.ts';
import type { AuditEvent, EventKind } from '../domain/registry.ts';
import type { AdminContext } from './context.ts';
import { cutPage, onePast, readNumberedPage } from './paging.ts';
import type { PageRequest } from './paging.ts';

export interface EventQuery extends PageRequest {
  /** '' = all. */
  readonly model: string;
  readonly kind: string;
  /** Epoch ms; from is inclusive, to is not. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export async function listEvents(
  { store }: AdminContext,
  { model, kind, from, to, ...request }: EventQuery,
): Promise<{ readonly events: readonly AuditEvent[]; readonly nextPageToken: string }> {
  const list = ['events', model, kind, String(from), String(to)];
  const page = readNumberedPage(list, request);
  const filter = {
    ...(model === '' ? {} : { model }),
    ...(kind === '' ? {} : { kind: kindOf(kind) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const found = await store.events(filter, onePast(page));
  const { items, nextPageToken } = cutPage(list, { items: found, limit: page.limit, keyOf: ({ seq }) => seq });
  return { events: items, nextPageToken };
}

function kindOf(text: string): EventKind {
  const kind = EVENT_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new ServerError('invalid_argument', `kind "${text.slice(0, 100)}" is none of ${EVENT_KINDS.join(', ')}`);
}
