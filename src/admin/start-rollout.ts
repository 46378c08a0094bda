/** Begins a rollout of a candidate, from the version that has all the traffic. */
import assert from 'node:assert/strict';
import { incompatibility } from '../domain/compatible.ts';
import { ServerError } from '../domain/errors.ts';
import type { RegisteredVersion } from '../domain/registry.ts';
import type { Strategy } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import { begin, holdDownMs } from '../rollout/reducer.ts';
import { checkQualified } from './apply-traffic.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { runningExperiments } from './experiment-record.ts';
import { findModel, findVersion } from './resolve-version.ts';
import { bodyOf, recordFrom } from './rollout-codec.ts';
import { openRollout } from './rollout-record.ts';
import { happen, take } from './rollout-transition.ts';
import type { RolloutViews } from './rollout-view.ts';

export interface StartRolloutInput {
  readonly model: string;
  readonly candidate: string;
  readonly strategy: Strategy;
  readonly force: boolean;
}

/** Former rollouts that hold-downs are reckoned from. */
const LOOK_BACK = 100;
const LOOK_BACK_MS = 7 * 24 * 3_600_000;

/** @returns the number of the rollout. */
export async function startRollout(
  context: AdminContext & Pick<RolloutViews, 'live'>,
  { model, candidate, strategy, force }: StartRolloutInput,
  order: Order,
): Promise<{ readonly id: number }> {
  const request = { model, candidate, strategy, force };
  return await change(context, { method: 'StartRollout', request, order, model }, async (writer) => {
    await findModel(writer, model);
    const version = await findVersion(writer, model, candidate);
    checkQualified(version);
    await endFormer(writer, context, { model, candidate }, order);
    await checkNoExperiment(writer, context, model);
    const inForce = await writer.epoch(model);
    const stable = inForce?.policy.arms.find(({ weight }) => weight === TOTAL_WEIGHT);
    if (inForce === undefined || stable === undefined) throw divided(model);
    if (stable.version === candidate) {
      const message = `version "${candidate}" of model "${model}" has all the traffic already; there is nothing to roll out`;
      throw new ServerError('failed_precondition', message);
    }
    if (!force) checkAccepts(await findVersion(writer, model, stable.version), version);
    const rollbacks = await formerRollbacks(writer, version, context.now());
    if (!force) checkHeldDown(version, rollbacks.heldUntil, context.now());
    const now = context.now();
    const step = begin(
      {
        model,
        stable: stable.version,
        candidate,
        candidateDigest: version.digest,
        strategy,
        actor: order.actor,
        reason: order.reason,
        holdDownMs: holdDownMs(rollbacks.count),
      },
      now,
    );
    const body = { state: step.state, formerFailOver: inForce.policy.failOverTo, last: undefined };
    const document = await writer.addDocument({
      kind: 'rollout',
      name: '',
      model,
      open: true,
      body: bodyOf(body),
      createdAt: now,
      updatedAt: now,
    });
    await take(writer, context, recordFrom(document), { step });
    return { id: document.id };
  });
}

/** Another candidate takes the place of the one that is being rolled out. */
async function endFormer(
  writer: StoreWriter,
  context: AdminContext & Pick<RolloutViews, 'live'>,
  { model, candidate }: { readonly model: string; readonly candidate: string },
  { actor, reason }: Order,
): Promise<void> {
  const former = await openRollout(writer, model);
  if (former === undefined) return;
  if (former.state.candidate === candidate) {
    const message = `rollout ${former.document.id} of version "${candidate}" is open already (${former.state.phase}); watch it, or abort it`;
    throw new ServerError('already_exists', message);
  }
  const by = { actor, reason, expectedGeneration: 0 };
  await happen(writer, context, former, {
    event: { kind: 'superseded', by, candidate },
    seen: context.live(former.document.id),
  });
}

async function checkNoExperiment(writer: StoreWriter, context: AdminContext, model: string): Promise<void> {
  const [experiment] = await runningExperiments(writer, context, model);
  if (experiment === undefined) return;
  const message = `experiment "${experiment.plan.name}" divides the traffic of model "${model}"; stop or conclude it first`;
  throw new ServerError('already_exists', message);
}

function checkAccepts(stable: RegisteredVersion, candidate: RegisteredVersion): void {
  assert(stable.report && candidate.report, 'qualified versions have a report');
  const difference = incompatibility(stable.report.signature, candidate.report.signature);
  if (difference === undefined) return;
  const message = `version "${candidate.version}" cannot stand in for "${stable.version}": ${difference}; send force to roll it out all the same`;
  throw new ServerError('failed_precondition', message);
}

/** Automatic rollbacks of the same files, whatever they were registered as. */
async function formerRollbacks(
  store: StoreReader,
  { model, digest }: RegisteredVersion,
  now: number,
): Promise<{ readonly count: number; readonly heldUntil: number }> {
  const documents = await store.documents({ kind: 'rollout', model, open: false }, { limit: LOOK_BACK });
  const rolledBack = documents
    .map((document) => recordFrom(document).state)
    .filter((state) => state.candidateDigest === digest && state.holdDownUntil > 0)
    .filter(({ endedAt = 0 }) => endedAt > now - LOOK_BACK_MS);
  return { count: rolledBack.length, heldUntil: Math.max(0, ...rolledBack.map((state) => state.holdDownUntil)) };
}

function checkHeldDown({ model, version }: RegisteredVersion, heldUntil: number, now: number): void {
  if (heldUntil <= now) return;
  const seconds = Math.ceil((heldUntil - now) / 1000);
  const message = `version "${version}" of model "${model}" was rolled back and is held down for ${seconds} more s, until ${new Date(heldUntil).toISOString()}; send force to roll it out all the same`;
  throw new ServerError('failed_precondition', message);
}

function divided(model: string): ServerError {
  const message = `no version of model "${model}" has all of its traffic, so there is no stable one to compare with; give all traffic to one with SwitchTraffic first`;
  return new ServerError('failed_precondition', message);
}
