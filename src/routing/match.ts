/**
 * Whether a call's metadata is what a rule looks for. Plain comparisons: what people write is never run as a pattern.
 */
import type { Match } from '../domain/traffic.ts';

/** @param value of the rule's header; undefined where the call has none. */
export function matches(match: Match, value: string | undefined): boolean {
  switch (match.kind) {
    case 'exact':
      return value === match.value;
    case 'prefix':
      return value?.startsWith(match.value) === true;
    case 'one_of':
      return value !== undefined && match.values.includes(value);
    case 'present':
      return match.present === (value !== undefined);
  }
}
