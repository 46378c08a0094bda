/** Finds experiments, and stores the steps that change them. */
import { ServerError } from '../domain/errors.ts';
import type { Epoch, EventKind } from '../domain/registry.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import { isInForce } from '../experiment/arms.ts';
import type { PolicyArm } from '../experiment/arms.ts';
import type { ExperimentPlan } from '../experiment/plan.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import { applyTraffic } from './apply-traffic.ts';
import type { WantedPolicy } from './apply-traffic-check.ts';
import type { AdminContext, Order } from './context.ts';
import type { ExperimentBody, ExperimentRecord } from './experiment-body.ts';
import { experimentFrom } from './experiment-codec.ts';

type Context = Pick<AdminContext, 'now' | 'newSalt'>;

/** Epochs that are looked through for the one that ended an experiment. */
const LOOK_BACK = 1000;

export async function findExperiment(store: StoreReader, name: string): Promise<ExperimentRecord> {
  const document = await store.documentNamed('experiment', name);
  if (document !== undefined) return experimentFrom(document);
  throw new ServerError('not_found', `there is no experiment "${name.slice(0, 128)}"; List has their names`);
}

/** Those that run on the model now; where their arms are no longer in force, somebody set the traffic by hand. */
export async function runningExperiments(
  writer: StoreWriter,
  context: Context,
  model: string,
): Promise<readonly ExperimentRecord[]> {
  const documents = await writer.documents({ kind: 'experiment', model, open: true }, { limit: 1000 });
  const inForce = await writer.epoch(model);
  const running: ExperimentRecord[] = [];
  for (const record of documents.map(experimentFrom)) {
    if (isRunning(inForce, record)) {
      running.push(record);
      continue;
    }
    const ended = await firstAfter(writer, record);
    const endEpoch = ended?.policy.epoch ?? 0;
    const actor = ended?.actor ?? '';
    const reason = `${actor} set the traffic by hand (epoch ${endEpoch}); it stays as it was set`;
    await putExperiment(writer, context, record, {
      patch: { phase: 'overridden', endEpoch, endedAt: ended?.validFrom ?? context.now() },
      kind: 'experiment.ended',
      order: { actor, reason },
    });
  }
  return running;
}

/** Its arms have their weights, and callers stay in them. */
function isRunning(epoch: Epoch | undefined, { plan, salt }: ExperimentRecord): boolean {
  if (epoch === undefined) return false;
  const { policy } = epoch;
  return policy.sticky && policy.salt === salt && isInForce(policy.arms, plan);
}

/** The first epoch in which it no longer ran. */
async function firstAfter(store: StoreReader, record: ExperimentRecord): Promise<Epoch | undefined> {
  let first: Epoch | undefined;
  for (const epoch of await store.epochs(record.plan.model, { limit: LOOK_BACK })) {
    if (isRunning(epoch, record)) break;
    first = epoch;
  }
  return first;
}

/** Marks experiments that were overridden meanwhile. */
export async function settleExperiment(
  { store, ...context }: Pick<AdminContext, 'store' | 'now' | 'newSalt'>,
  name: string,
): Promise<ExperimentRecord> {
  const record = await findExperiment(store, name);
  if (record.phase !== 'running') return record;
  if (isRunning(await store.epoch(record.plan.model), record)) return record;
  await store.transact((writer) => runningExperiments(writer, context, record.plan.model));
  return await findExperiment(store, name);
}

export interface ExperimentStep {
  readonly patch: Partial<ExperimentBody>;
  readonly kind: EventKind;
  readonly order: Pick<Order, 'actor' | 'reason'>;
}

/** One transition: the document, its journal, the audit event. */
export async function putExperiment(
  writer: StoreWriter,
  { now }: Pick<AdminContext, 'now'>,
  record: ExperimentRecord,
  { patch, kind, order }: ExperimentStep,
): Promise<ExperimentRecord> {
  const { document, ...body } = record;
  const { actor, reason } = order;
  const next = { ...body, reason, ...patch, generation: body.generation + 1 };
  const at = now();
  const changed = { ...document, open: next.phase === 'running', body: JSON.stringify(next), updatedAt: at };
  await writer.putDocument(changed);
  const { phase, generation, promoted } = next;
  const epoch = next.endEpoch || next.epoch;
  const entry = { kind, at, actor, reason, phase, generation, epoch, promoted };
  await writer.appendJournal('experiment', document.id, { at, body: JSON.stringify(entry) });
  const { model, name } = next.plan;
  const before = { phase: body.phase, epoch: body.epoch };
  await writer.append({ at, kind, model, subject: name, actor, reason, before, after: { phase, epoch, promoted } });
  await writer.touch();
  return { document: changed, ...next };
}

/** Puts these arms in force, with everything else as it is. */
export async function steerExperiment(
  writer: StoreWriter,
  context: Context,
  { plan, arms, order }: { plan: ExperimentPlan; arms: readonly PolicyArm[]; order: Pick<Order, 'actor' | 'reason'> },
): Promise<Epoch> {
  const wanted = (former: TrafficPolicy | undefined): WantedPolicy => ({
    arms,
    rules: former?.rules ?? [],
    shadows: former?.shadows ?? [],
    failOverTo: former?.failOverTo ?? '',
    sticky: true,
    routingKeyHeader: former?.routingKeyHeader ?? '',
    salt: '',
  });
  const reason = `experiment ${plan.name}: ${order.reason}`;
  return await applyTraffic(
    writer,
    context,
    {
      model: plan.model,
      wanted,
      cause: 'experiment',
      expectedEpoch: 0,
      reshuffle: false,
      force: false,
      subject: plan.name,
    },
    { actor: order.actor, reason, idempotencyKey: '' },
  );
}

export function policyArms(policy: TrafficPolicy | undefined): readonly PolicyArm[] {
  return (policy?.arms ?? []).map(({ version, arm, weight }) => ({ version, arm, weight }));
}
