/** Puts a wanted traffic policy in force as the next epoch, if the registry allows it. */
import assert from 'node:assert/strict';
import { incompatibility } from '../domain/compatible.ts';
import { ServerError } from '../domain/errors.ts';
import type { Epoch, EpochCause, JsonRecord, RegisteredVersion } from '../domain/registry.ts';
import { versionsOf } from '../domain/traffic.ts';
import type { Arm, TrafficPolicy } from '../domain/traffic.ts';
import { canonicalJson } from '../registry/event-hash.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import { assignSlots } from '../routing/slots.ts';
import { checkPolicy } from './apply-traffic-check.ts';
import type { WantedPolicy } from './apply-traffic-check.ts';
import { beginNextEpoch } from './apply-traffic-epoch.ts';
import type { AdminContext, Order } from './context.ts';
import { findModel, findVersion } from './resolve-version.ts';

export interface TrafficChange {
  readonly model: string;
  /** What is wanted, given what is in force. */
  readonly wanted: (former: TrafficPolicy | undefined) => WantedPolicy;
  readonly cause: EpochCause;
  /** 0 = whatever it is. */
  readonly expectedEpoch: number;
  /** Deal all callers anew. */
  readonly reshuffle: boolean;
  /** Take versions whose signature does not accept what the live one accepts. */
  readonly force: boolean;
  /** The version that the change is about; '' = the whole policy. */
  readonly subject: string;
}

/** The epoch in force afterwards, which is the one before where nothing changes. */
export async function applyTraffic(
  writer: StoreWriter,
  context: Pick<AdminContext, 'now' | 'newSalt'>,
  change: TrafficChange,
  order: Order,
): Promise<Epoch> {
  const { model, cause, reshuffle, subject } = change;
  await findModel(writer, model);
  const former = await writer.epoch(model);
  checkExpectedEpoch(model, former, change.expectedEpoch);
  const wanted = change.wanted(former?.policy);
  checkPolicy(wanted);
  checkSalt(wanted.salt, former);
  const { salt: _, ...rest } = wanted;
  const arms = wanted.arms.map(({ version, arm, weight }) => ({ version, arm: arm || version, weight }));
  if (former !== undefined && !reshuffle && isSame({ ...rest, arms }, former.policy)) return former;
  const policy = {
    ...rest,
    arms: assignSlots(former?.policy.arms ?? [], arms),
    salt: former === undefined || reshuffle ? context.newSalt() : former.policy.salt,
    hashVersion: 1 as const,
  };
  const versions = await qualifiedVersions(writer, model, versionsOf({ ...policy, epoch: 0 }));
  const differences = await incompatibilities(writer, { model, live: liveVersion(former), versions });
  if (differences.length > 0 && !change.force) {
    const message = `${differences.join('; ')}; callers of the live version would be refused. Send force to do it all the same`;
    throw new ServerError('failed_precondition', message);
  }
  const digests = digestsOf(versions);
  const notes = differences.length === 0 ? {} : { forced: differences };
  return await beginNextEpoch(writer, context, { model, former, policy, digests, cause, subject, notes }, order);
}

export function checkExpectedEpoch(model: string, former: Epoch | undefined, expected: number): void {
  const inForce = former?.policy.epoch ?? 0;
  if (expected === 0 || expected === inForce) return;
  const message = `epoch ${inForce} of model "${model}" is in force, not ${expected} as expected; read it and decide again`;
  throw new ServerError('aborted', message);
}

/** All of these, each qualified. */
export async function qualifiedVersions(
  store: StoreReader,
  model: string,
  names: Iterable<string>,
): Promise<readonly RegisteredVersion[]> {
  const versions: RegisteredVersion[] = [];
  for (const name of names) {
    const version = await findVersion(store, model, name);
    checkQualified(version);
    versions.push(version);
  }
  return versions;
}

export function checkQualified({ model, version, state, reason }: RegisteredVersion): void {
  if (state === 'qualified') return;
  const why = reason === '' ? '' : ` (${reason})`;
  const message = `version "${version}" of model "${model}" is ${state.toUpperCase()}${why}; only QUALIFIED versions can answer`;
  throw new ServerError('failed_precondition', message);
}

export function digestsOf(versions: readonly RegisteredVersion[]): Readonly<Record<string, string>> {
  return Object.fromEntries(versions.map(({ version, digest }) => [version, digest]));
}

function checkSalt(salt: string, former: Epoch | undefined): void {
  if (salt === '' || salt === former?.policy.salt) return;
  const message = 'the salt is not the one in force; leave it out, and send reshuffle to deal all callers anew';
  throw new ServerError('invalid_argument', message);
}

type Comparable = Omit<WantedPolicy, 'salt'>;

/** But for slots, which follow from the weights, and the order of arms and shadows, which means nothing. */
function isSame(wanted: Comparable, former: TrafficPolicy): boolean {
  return canonicalJson(comparable(wanted)) === canonicalJson(comparable(former));
}

function comparable({ arms, rules, shadows, failOverTo, sticky, routingKeyHeader }: Comparable): JsonRecord {
  return {
    arms: sorted(arms.map(({ version, arm, weight }) => ({ version, arm, weight }))),
    rules,
    shadows: sorted(shadows),
    failOverTo,
    sticky,
    routingKeyHeader,
  };
}

function sorted<Item extends object>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** The version that most callers have now. */
function liveVersion(former: Epoch | undefined): string | undefined {
  const arms: readonly Arm[] = former?.policy.arms ?? [];
  const weights = new Map<string, number>();
  for (const { version, weight } of arms) weights.set(version, (weights.get(version) ?? 0) + weight);
  let most: string | undefined;
  for (const [version, weight] of weights) if (most === undefined || weight > (weights.get(most) ?? 0)) most = version;
  return most;
}

async function incompatibilities(
  store: StoreReader,
  scene: { readonly model: string; readonly live: string | undefined; readonly versions: readonly RegisteredVersion[] },
): Promise<readonly string[]> {
  if (scene.live === undefined) return [];
  const live = await findVersion(store, scene.model, scene.live);
  return scene.versions.flatMap(({ version, report }) => {
    if (version === live.version) return [];
    assert(live.report && report, 'qualified versions have a report');
    const difference = incompatibility(live.report.signature, report.signature);
    return difference === undefined
      ? []
      : [`version "${version}" cannot stand in for "${live.version}": ${difference}`];
  });
}
