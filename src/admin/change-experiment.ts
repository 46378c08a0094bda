/** Starts, stops and concludes experiments. */
import { ServerError } from '../domain/errors.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import { withExperiment, withoutExperiment, armsOf } from '../experiment/arms.ts';
import type { PolicyArm } from '../experiment/arms.ts';
import type { Epoch } from '../domain/registry.ts';
import type { StoreWriter } from '../registry/store.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { experimentFrom } from './experiment-codec.ts';
import { findExperiment, policyArms, putExperiment, runningExperiments, steerExperiment } from './experiment-record.ts';
import type { ExperimentRecord } from './experiment-body.ts';
import { openRollout } from './rollout-record.ts';

export interface ChangeExperimentInput {
  readonly name: string;
  /** 0 = whatever it is. */
  readonly expectedGeneration: number;
}

interface Named {
  readonly name: string;
}
/** Experiments that are looked through for their layers. */
const MAX_RUNNING = 10_000;

export function startExperiment(context: AdminContext, input: ChangeExperimentInput, order: Order): Promise<Named> {
  return changed(context, 'StartExperiment', input, order, async (writer, record) => {
    const { plan, phase } = record;
    if (phase !== 'planned') throw refusal(plan.name, `it is ${phase}; plan another one with Create`);
    const rollout = await openRollout(writer, plan.model);
    if (rollout !== undefined) {
      const what = `rollout ${rollout.document.id} steers the traffic of model "${plan.model}"`;
      throw refusal(plan.name, `${what}; wait for its end, or abort it`);
    }
    const running = await runningExperiments(writer, context, plan.model);
    await checkLayers(writer, record, running);
    const inForce = await writer.epoch(plan.model);
    const arms = policyArms(inForce?.policy);
    const free = arms.filter((arm) => !isOfAny(running, arm));
    const wanted = withExperiment(arms, plan, (arm) => isOfAny(running, arm));
    if (wanted === undefined) {
      const left = free.reduce((sum, { weight }) => sum + weight, 0);
      throw refusal(
        plan.name,
        `it takes ${plan.trafficShare} of 10,000 of the traffic, and ${left} are in no experiment`,
      );
    }
    const epoch = await steerExperiment(writer, context, { plan, arms: wanted, order: told(order, 'started') });
    const { salt, epoch: number } = epoch.policy;
    const patch = { phase: 'running' as const, epoch: number, salt, before: free, startedAt: epoch.validFrom };
    return await putExperiment(writer, context, record, { patch, kind: 'experiment.started', order });
  });
}

export function stopExperiment(context: AdminContext, input: ChangeExperimentInput, order: Order): Promise<Named> {
  return changed(context, 'StopExperiment', input, order, async (writer, record) => {
    if (record.phase !== 'running') {
      throw refusal(record.plan.name, `it is ${record.phase}, so there is nothing to stop`);
    }
    const { policy, validFrom } = await giveBack(writer, context, record, told(order, 'stopped'));
    const patch = { phase: 'stopped' as const, endEpoch: policy.epoch, endedAt: validFrom };
    return await putExperiment(writer, context, record, { patch, kind: 'experiment.stopped', order });
  });
}

export interface ConcludeInput extends ChangeExperimentInput {
  /** The arm whose version gets all the traffic; '' = it stays as it was before. */
  readonly promote: string;
}

export function concludeExperiment(context: AdminContext, input: ConcludeInput, order: Order): Promise<Named> {
  return changed(context, 'ConcludeExperiment', input, order, async (writer, record) => {
    const { plan, phase } = record;
    if (phase !== 'running' && phase !== 'stopped') throw refusal(plan.name, `it is ${phase}, not running or stopped`);
    const arm = plan.arms.find(({ name }) => name === input.promote);
    if (input.promote !== '' && arm === undefined) {
      const names = plan.arms.map(({ name }) => name).join(', ');
      throw new ServerError(
        'invalid_argument',
        `promote names "${input.promote.slice(0, 128)}"; its arms are ${names}`,
      );
    }
    const after = await settle(writer, context, record, { version: arm?.version, order: told(order, 'concluded') });
    const end = phase === 'running' ? { endEpoch: after?.policy.epoch ?? 0, endedAt: after?.validFrom } : {};
    const patch = { phase: 'concluded' as const, promoted: input.promote, ...end };
    return await putExperiment(writer, context, record, { patch, kind: 'experiment.concluded', order });
  });
}

/** @returns the epoch that it begins; undefined = none. */
async function settle(
  writer: StoreWriter,
  context: AdminContext,
  record: ExperimentRecord,
  { version, order }: { readonly version: string | undefined; readonly order: Order },
): Promise<Epoch | undefined> {
  const { plan, phase } = record;
  if (version === undefined) return phase === 'running' ? await giveBack(writer, context, record, order) : undefined;
  const others = (await runningExperiments(writer, context, plan.model)).filter(
    ({ plan: own }) => own.name !== plan.name,
  );
  const [other] = others;
  if (other !== undefined) {
    throw refusal(
      plan.name,
      `experiment "${other.plan.name}" runs on the same model; conclude without promoting, or stop that first`,
    );
  }
  const rollout = await openRollout(writer, plan.model);
  if (rollout !== undefined) {
    throw refusal(plan.name, `rollout ${rollout.document.id} steers the traffic; wait for its end`);
  }
  const arms = [{ version, arm: version, weight: TOTAL_WEIGHT }];
  return await steerExperiment(writer, context, { plan, arms, order });
}

async function giveBack(
  writer: StoreWriter,
  context: AdminContext,
  { plan, before }: ExperimentRecord,
  order: Order,
): Promise<Epoch> {
  const running = await runningExperiments(writer, context, plan.model);
  const others = running.filter((record) => record.plan.name !== plan.name);
  const inForce = await writer.epoch(plan.model);
  const isOfExperiment = (arm: PolicyArm): boolean => isOfAny(others, arm);
  const arms = withoutExperiment(policyArms(inForce?.policy), plan, { before, isOfExperiment });
  return await steerExperiment(writer, context, { plan, arms, order });
}

/** One call cannot be divided twice; and who is in one experiment of a layer is in no other of it. */
async function checkLayers(
  writer: StoreWriter,
  { plan }: ExperimentRecord,
  running: readonly ExperimentRecord[],
): Promise<void> {
  const other = running.find((record) => record.plan.layer !== plan.layer);
  if (other !== undefined) {
    const what = `experiment "${other.plan.name}" on the same model is of layer "${other.plan.layer}", not "${plan.layer}"`;
    throw refusal(
      plan.name,
      `${what}; experiments on one model divide its traffic between them and must be of one layer`,
    );
  }
  const all = (await writer.documents({ kind: 'experiment', open: true }, { limit: MAX_RUNNING })).map(experimentFrom);
  const elsewhere = all.find((record) => record.plan.layer === plan.layer && record.plan.model !== plan.model);
  if (elsewhere === undefined || plan.layer === 'default') return;
  const what = `experiment "${elsewhere.plan.name}" of layer "${plan.layer}" runs on model "${elsewhere.plan.model}"`;
  throw refusal(plan.name, `${what}, and callers of two models cannot be kept apart; take another layer`);
}

function changed(
  context: AdminContext,
  method: string,
  input: ChangeExperimentInput,
  order: Order,
  work: (writer: StoreWriter, record: ExperimentRecord) => Promise<unknown>,
): Promise<Named> {
  const { name, expectedGeneration } = input;
  const run = async (): Promise<Named> => {
    const { model } = (await findExperiment(context.store, name)).plan;
    return await change(context, { method, request: { ...input }, order, model }, async (writer) => {
      const record = await findExperiment(writer, name);
      if (expectedGeneration !== 0 && expectedGeneration !== record.generation) {
        const message = `experiment "${name}" is at generation ${record.generation}, not ${expectedGeneration} as expected; read it and decide again`;
        throw new ServerError('aborted', message);
      }
      await runningExperiments(writer, context, model);
      await work(writer, await findExperiment(writer, name));
      return { name };
    });
  };
  return run();
}

function isOfAny(records: readonly ExperimentRecord[], { arm }: PolicyArm): boolean {
  return records.some(({ plan }) => armsOf(plan).some((own) => own.arm === arm));
}

function told(order: Order, what: string): Order {
  return order.reason === '' ? { ...order, reason: what } : order;
}

function refusal(name: string, why: string): ServerError {
  return new ServerError('failed_precondition', `experiment "${name}": ${why}`);
}
