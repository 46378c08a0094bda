/** An experiment with what the store keeps about it, and the steps that change it. */
import { ServerError } from '../domain/errors.ts';
import type { ExperimentPhase } from '../domain/experiment.ts';
import type { EventKind } from '../domain/registry.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import { isInForce } from '../experiment/arms.ts';
import type { PolicyArm } from '../experiment/arms.ts';
import type { ExperimentPlan } from '../experiment/plan.ts';
import type { StoredDocument } from '../registry/document-store.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import { applyTraffic } from './apply-traffic.ts';
import type { WantedPolicy } from './apply-traffic-check.ts';
import type { AdminContext, Order } from './context.ts';
import { experimentFrom } from './experiment-codec.ts';

export interface ExperimentBody {
  readonly plan: ExperimentPlan;
  readonly phase: ExperimentPhase;
  /** Why it is in this phase. */
  readonly reason: string;
  readonly generation: number;
  /** That it put in force last. */
  readonly epoch: number;
  /** The arms that took its traffic before, which get it back. */
  readonly before: readonly PolicyArm[];
  readonly createdBy: string;
  /** Epoch ms. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The arm; '' = none. */
  readonly promoted: string;
}

export interface ExperimentRecord extends ExperimentBody {
  readonly document: StoredDocument;
}

type Context = Pick<AdminContext, 'now' | 'newSalt'>;

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
    if (isInForce(inForce?.policy.arms ?? [], record.plan)) {
      running.push(record);
      continue;
    }
    const actor = inForce?.actor ?? '';
    const reason = `${actor} set the traffic by hand (epoch ${inForce?.policy.epoch ?? 0}); it stays as it was set`;
    await putExperiment(writer, context, record, {
      patch: { phase: 'overridden', endedAt: context.now() },
      kind: 'experiment.ended',
      order: { actor, reason },
    });
  }
  return running;
}

/** Marks experiments that were overridden meanwhile. */
export async function settleExperiment(
  { store, ...context }: Pick<AdminContext, 'store' | 'now' | 'newSalt'>,
  name: string,
): Promise<ExperimentRecord> {
  const record = await findExperiment(store, name);
  if (record.phase !== 'running') return record;
  const inForce = await store.epoch(record.plan.model);
  if (isInForce(inForce?.policy.arms ?? [], record.plan)) return record;
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
  const { phase, generation, epoch, promoted } = next;
  const entry = { kind, at, actor, reason, phase, generation, epoch, promoted };
  await writer.appendJournal('experiment', document.id, { at, body: JSON.stringify(entry) });
  const { model, name } = next.plan;
  const before = { phase: body.phase, epoch: body.epoch };
  await writer.append({ at, kind, model, subject: name, actor, reason, before, after: { phase, epoch, promoted } });
  await writer.touch();
  return { document: changed, ...next };
}

/** Puts these arms in force, with everything else as it is. @returns the epoch. */
export async function steerExperiment(
  writer: StoreWriter,
  context: Context,
  { plan, arms, order }: { plan: ExperimentPlan; arms: readonly PolicyArm[]; order: Pick<Order, 'actor' | 'reason'> },
): Promise<number> {
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
  const epoch = await applyTraffic(
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
  return epoch.policy.epoch;
}

export function policyArms(policy: TrafficPolicy | undefined): readonly PolicyArm[] {
  return (policy?.arms ?? []).map(({ version, arm, weight }) => ({ version, arm, weight }));
}
