/** What people decided about versions, aliases and transitions, as sluice.admin.v1 shows it. */
import type { Alias, Transition } from '../../../domain/registry.ts';
import type { Alias as WireAlias } from '../../gen/sluice/admin/v1/Alias.ts';
import type { Transition as WireTransition } from '../../gen/sluice/admin/v1/Transition.ts';
import { formatTime } from './time-codec.ts';

export function formatAlias({ since, ...alias }: Alias): WireAlias {
  return { ...alias, since: formatTime(since) };
}

export function formatTransition({ rule: _, requestedAt, decisions, ...transition }: Transition): WireTransition {
  return {
    ...transition,
    requestedAt: formatTime(requestedAt),
    decisions: decisions.map(({ at, ...decision }) => ({ ...decision, at: formatTime(at) })),
  };
}
