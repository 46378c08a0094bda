/** Begins an epoch: the row, the event, the revision, in the transaction of whoever calls. */
import type { Epoch, EpochCause, EventKind, JsonRecord } from '../domain/registry.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import type { StoreWriter } from '../registry/store.ts';
import type { AdminContext, Order } from './context.ts';

export interface NextEpoch {
  readonly model: string;
  /** In force until now. */
  readonly former: Epoch | undefined;
  /** Its number is set here. */
  readonly policy: Omit<TrafficPolicy, 'epoch'>;
  readonly digests: Readonly<Record<string, string>>;
  readonly cause: EpochCause;
  /** The version that the change is about; '' = the whole policy. */
  readonly subject: string;
  /** Told by the event beside the policy. */
  readonly notes: JsonRecord;
}

const KINDS: Readonly<Record<EpochCause, EventKind>> = {
  first: 'traffic.first',
  set: 'traffic.set',
  config: 'traffic.set',
  switch: 'traffic.switched',
  rollback: 'traffic.rolled_back',
  rollout: 'traffic.rollout',
  experiment: 'traffic.experiment',
};

export async function beginNextEpoch(
  writer: StoreWriter,
  { now }: Pick<AdminContext, 'now'>,
  { model, former, policy, digests, cause, subject, notes }: NextEpoch,
  { actor, reason }: Pick<Order, 'actor' | 'reason'>,
): Promise<Epoch> {
  const epoch: Epoch = {
    model,
    policy: { ...policy, epoch: (former?.policy.epoch ?? 0) + 1 },
    digests,
    // No two begin in the same millisecond, and a clock that is set back does not turn their order round.
    validFrom: Math.max(now(), (former?.validFrom ?? 0) + 1),
    validTo: undefined,
    actor,
    reason,
    cause,
  };
  await writer.beginEpoch(epoch);
  const before = former === undefined ? {} : recordOf(former);
  const after = { ...recordOf(epoch), ...notes };
  await writer.append({ at: epoch.validFrom, kind: KINDS[cause], model, subject, actor, reason, before, after });
  await writer.touch();
  return epoch;
}

/** What people want to read of an epoch years later; the slots follow from the epochs before. */
function recordOf({ policy, digests }: Epoch): JsonRecord {
  const { epoch, arms, rules, shadows, failOverTo, sticky, routingKeyHeader, salt, hashVersion } = policy;
  const weights = arms.map(({ version, arm, weight }) => ({ version, digest: digests[version] ?? '', arm, weight }));
  return { epoch, weights, rules, shadows, failOverTo, sticky, routingKeyHeader, salt, hashVersion };
}
