/** The wishes for other stages, the newest first. */
import { ServerError } from '../domain/errors.ts';
import { TRANSITION_STATUSES } from '../domain/registry.ts';
import type { Transition, TransitionStatus } from '../domain/registry.ts';
import type { AdminContext } from './context.ts';
import { cutPage, onePast, readNumberedPage } from './paging.ts';
import type { PageRequest } from './paging.ts';

export interface TransitionQuery extends PageRequest {
  /** '' = all. */
  readonly model: string;
  readonly version: string;
  readonly status: string;
}

export async function listTransitions(
  { store }: AdminContext,
  { model, version, status, ...request }: TransitionQuery,
): Promise<{ readonly transitions: readonly Transition[]; readonly nextPageToken: string }> {
  const list = ['transitions', model, version, status];
  const page = readNumberedPage(list, request);
  const filter = {
    ...(model === '' ? {} : { model }),
    ...(version === '' ? {} : { version }),
    ...(status === '' ? {} : { status: statusOf(status) }),
  };
  const found = await store.transitions(filter, onePast(page));
  const { items, nextPageToken } = cutPage(list, { items: found, limit: page.limit, keyOf: ({ id }) => id });
  return { transitions: items, nextPageToken };
}

function statusOf(text: string): TransitionStatus {
  const status = TRANSITION_STATUSES.find((known) => known === text);
  if (status !== undefined) return status;
  const message = `status "${text.slice(0, 100)}" is none of ${TRANSITION_STATUSES.join(', ')}`;
  throw new ServerError('invalid_argument', message);
}
