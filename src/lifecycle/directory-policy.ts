/** The traffic policy of a model that no registry knows: from weights alone, and the same as long as they stand. */
import type { TrafficPolicy } from '../domain/traffic.ts';
import { assignSlots } from '../routing/slots.ts';

/** @param weights in 1/10,000 by version; they sum to 10,000. The order in which they are written moves no caller. */
export function policyOf(model: string, weights: ReadonlyMap<string, number>): TrafficPolicy {
  return {
    epoch: 0,
    arms: assignSlots(
      [],
      [...weights].map(([version, weight]) => ({ version, arm: version, weight })),
    ),
    rules: [],
    shadows: [],
    failOverTo: '',
    sticky: true,
    routingKeyHeader: '',
    salt: model,
    hashVersion: 1,
  };
}
