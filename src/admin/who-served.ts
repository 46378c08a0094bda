/** Which version served a model at an instant, worked out from its epochs and what serve processes said of them. */
import { ServerError } from '../domain/errors.ts';
import type { Epoch } from '../domain/registry.ts';
import { slotOf } from '../routing/pick.ts';
import { readPredictionId } from '../serving/prediction-id.ts';
import type { AdminContext } from './context.ts';
import { findModel, findVersion } from './resolve-version.ts';
import { epochsInForceAt } from './who-served-where.ts';

export interface WhoServedInput {
  readonly model: string;
  /** Epoch ms; undefined = now. */
  readonly at: number | undefined;
  /** '' = none. */
  readonly routingKey: string;
  /** '' = none; with one, the rest is not needed. */
  readonly predictionId: string;
}

export interface ServingVersion {
  readonly version: string;
  readonly digest: string;
  readonly weight: number;
  /** "rule:NAME" for versions that a rule gives calls to, by metadata that is not known any more. */
  readonly arm: string;
}

export interface ServingEpoch {
  readonly epoch: number;
  readonly versions: readonly ServingVersion[];
  /** The one that answered, where that is known; '' otherwise. */
  readonly version: string;
  readonly digest: string;
  readonly arm: string;
  readonly slot: number | undefined;
  readonly validFrom: number;
  readonly validTo: number | undefined;
  /** That had it in force then, where they have said so. */
  readonly instances: readonly string[];
}

export interface WhoServed {
  readonly model: string;
  readonly at: number;
  /** One, or while a change was under way more, the newest first. */
  readonly epochs: readonly ServingEpoch[];
}

/** The name of the secret that signs prediction ids. */
export const PREDICTION_KEY = 'prediction-ids';

export async function whoServed(context: AdminContext, input: WhoServedInput): Promise<WhoServed> {
  if (input.predictionId !== '') return await byPredictionId(context, input);
  const { model, routingKey } = input;
  const at = input.at ?? context.now();
  if (at > context.now()) {
    const message = `${new Date(at).toISOString()} is in the future; ask for an instant that has passed`;
    throw new ServerError('invalid_argument', message);
  }
  await findModel(context.store, model);
  const inForce = await epochsInForceAt(context, model, at);
  if (inForce.length === 0) {
    const message = `model "${model}" had no traffic policy at ${new Date(at).toISOString()}; ListEpochs says since when it has`;
    throw new ServerError('not_found', message);
  }
  return { model, at, epochs: inForce.map(({ epoch, instances }) => byRoutingKey(epoch, instances, routingKey)) };
}

async function byPredictionId(
  context: AdminContext,
  { model: expected, predictionId }: WhoServedInput,
): Promise<WhoServed> {
  const { store } = context;
  const facts = readPredictionId(await store.secret(PREDICTION_KEY), predictionId);
  if (facts === undefined) {
    const message = 'prediction_id was not signed by this registry, or was changed; pass it as the reply had it';
    throw new ServerError('invalid_argument', message);
  }
  const { model, version, arm, slot, at } = facts;
  if (expected !== '' && expected !== model) {
    const message = `the reply with this prediction_id came from model "${model}", not from "${expected.slice(0, 128)}"`;
    throw new ServerError('invalid_argument', message);
  }
  const epoch = await store.epoch(model, facts.epoch);
  if (epoch === undefined) {
    throw new ServerError(
      'not_found',
      `model "${model}" has no epoch ${facts.epoch}, of which the prediction_id speaks`,
    );
  }
  const inForce = await epochsInForceAt(context, model, at);
  const instances = inForce.find((known) => known.epoch.policy.epoch === facts.epoch)?.instances ?? [];
  // A version that the caller named need not be one of the policy's.
  const { digest } = await findVersion(store, model, version);
  const answered = { version, digest, arm, slot: slot < 0 ? undefined : slot };
  return { model, at, epochs: [{ ...describe(epoch, instances), ...answered }] };
}

function byRoutingKey(epoch: Epoch, instances: readonly string[], key: string): ServingEpoch {
  const { policy, digests } = epoch;
  const unknown = { ...describe(epoch, instances), version: '', digest: '', arm: '', slot: undefined };
  if (key === '' || !policy.sticky) return unknown;
  const slot = slotOf(policy.salt, key);
  const owner = policy.arms.find(({ slots }) => slots.some(([from, below]) => from <= slot && slot < below));
  if (owner === undefined) return unknown;
  return { ...unknown, version: owner.version, digest: digests[owner.version] ?? '', arm: owner.arm, slot };
}

function describe(
  { policy, digests, validFrom, validTo }: Epoch,
  instances: readonly string[],
): Omit<ServingEpoch, 'version' | 'digest' | 'arm' | 'slot'> {
  const arms = policy.arms.map(({ version, weight, arm }) => ({ version, weight, arm }));
  const rules = policy.rules.map(({ version, name }) => ({ version, weight: 0, arm: `rule:${name}` }));
  const versions = [...arms, ...rules].map((serving) => ({ ...serving, digest: digests[serving.version] ?? '' }));
  return { epoch: policy.epoch, versions, validFrom, validTo, instances };
}
