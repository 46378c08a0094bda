/** Traffic policies and epochs between their messages and the domain. Whether they may be is the use case's to say. */
import type { WantedPolicy } from '../../../admin/apply-traffic-check.ts';
import type { TrafficView } from '../../../admin/get-traffic.ts';
import { ServerError } from '../../../domain/errors.ts';
import type { Epoch } from '../../../domain/registry.ts';
import type { Match, MatchRule, TrafficPolicy } from '../../../domain/traffic.ts';
import type { Epoch as WireEpoch } from '../../gen/sluice/admin/v1/Epoch.ts';
import type { MatchRule as RuleOut, MatchRule__Output as RuleIn } from '../../gen/sluice/admin/v1/MatchRule.ts';
import type {
  TrafficPolicy as PolicyOut,
  TrafficPolicy__Output as PolicyIn,
} from '../../gen/sluice/admin/v1/TrafficPolicy.ts';
import type { TrafficReply } from '../../gen/sluice/admin/v1/TrafficReply.ts';
import { quote } from '../quote.ts';
import { formatTime, formatTimeOrNone } from './time-codec.ts';

export function parsePolicy(wire: PolicyIn | null): WantedPolicy {
  if (wire === null) throw new ServerError('invalid_argument', 'the request has no policy; send the whole of it');
  const { arms, rules, shadows, failOverTo, sticky = true, routingKeyHeader, salt } = wire;
  return {
    arms: arms.map(({ version, weight, arm }) => ({ version, weight, arm })),
    rules: rules.map(parseRule),
    shadows: shadows.map(({ version, share }) => ({ version, share })),
    failOverTo,
    sticky,
    routingKeyHeader,
    salt,
  };
}

export function formatTraffic({ epoch, applied, instances }: TrafficView): TrafficReply {
  return {
    epoch: formatEpoch(epoch),
    applied,
    instances: instances.map((instance) => ({ ...instance })),
  };
}

export function formatEpoch({ model, policy, digests, validFrom, validTo, actor, reason, cause }: Epoch): WireEpoch {
  return {
    model,
    epoch: policy.epoch,
    policy: formatPolicy(policy),
    digests: { ...digests },
    validFrom: formatTime(validFrom),
    validTo: formatTimeOrNone(validTo),
    actor,
    reason,
    cause,
  };
}

function formatPolicy({ arms, rules, shadows, failOverTo, sticky, routingKeyHeader, salt }: TrafficPolicy): PolicyOut {
  return {
    arms: arms.map(({ version, weight, arm }) => ({ version, weight, arm })),
    rules: rules.map(formatRule),
    shadows: shadows.map(({ version, share }) => ({ version, share })),
    failOverTo,
    sticky,
    routingKeyHeader,
    salt,
  };
}

function parseRule({ name, header, version, ...wire }: RuleIn): MatchRule {
  return { name, header, version, match: parseMatch(name, wire) };
}

function parseMatch(rule: string, wire: Pick<RuleIn, 'match' | 'exact' | 'prefix' | 'oneOf' | 'present'>): Match {
  switch (wire.match) {
    case 'exact':
      return { kind: 'exact', value: wire.exact ?? '' };
    case 'prefix':
      return { kind: 'prefix', value: wire.prefix ?? '' };
    case 'oneOf':
      return { kind: 'one_of', values: wire.oneOf?.values ?? [] };
    case 'present':
      return { kind: 'present', present: wire.present ?? false };
    default: {
      const message = `rule ${quote(rule)} matches nothing; give it exact, prefix, one_of or present`;
      throw new ServerError('invalid_argument', message);
    }
  }
}

function formatRule({ name, header, version, match }: MatchRule): RuleOut {
  const rule = { name, header, version };
  switch (match.kind) {
    case 'exact':
      return { ...rule, exact: match.value };
    case 'prefix':
      return { ...rule, prefix: match.value };
    case 'one_of':
      return { ...rule, oneOf: { values: [...match.values] } };
    case 'present':
      return { ...rule, present: match.present };
  }
}
