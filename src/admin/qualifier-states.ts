/**
 * The steps between a version's states in the registry, each a transaction with its event; a deleted version takes
 * none.
 */
import type { JsonRecord, RegisteredVersion } from '../domain/registry.ts';
import type { QualificationReport } from '../domain/version.ts';
import type { StoreWriter } from '../registry/store.ts';
import type { AdminContext } from './context.ts';
import { beginFirstTraffic } from './first-traffic.ts';

interface Subject {
  readonly model: string;
  readonly version: string;
}

const ACTOR = 'qualification';

export async function enterQualifying(context: AdminContext, subject: Subject): Promise<void> {
  await step(context, subject, (writer, version) => writer.putVersion({ ...version, state: 'qualifying' }));
}

/** After a fault of the server: it waits for another attempt. */
export async function enterUploaded(context: AdminContext, subject: Subject): Promise<void> {
  await step(context, subject, (writer, version) => writer.putVersion({ ...version, state: 'uploaded' }));
}

/** The first one of a model gets its traffic in the same transaction. */
export async function enterQualified(
  context: AdminContext,
  subject: Subject,
  report: QualificationReport,
): Promise<void> {
  await step(context, subject, async (writer, version) => {
    const qualified: RegisteredVersion = { ...version, state: 'qualified', reason: '', report };
    await writer.putVersion(qualified);
    const { batchable, batchingReason, loadMs, singleRunMs, batchRunMs, batchRows, memoryBytes, weights } = report;
    const laidOut = weights === undefined ? {} : { weights: weights.layout, weightsReason: weights.reason };
    const found = { batchable, batchingReason, loadMs, singleRunMs, batchRunMs, batchRows, memoryBytes, ...laidOut };
    await tell(writer, context, version, {
      kind: 'version.qualified',
      reason: '',
      after: { state: 'qualified', ...found },
    });
    await beginFirstTraffic(writer, context, qualified);
  });
}

export async function enterRejected(context: AdminContext, subject: Subject, reason: string): Promise<void> {
  await step(context, subject, async (writer, version) => {
    await writer.putVersion({ ...version, state: 'rejected', reason });
    await tell(writer, context, version, { kind: 'version.rejected', reason, after: { state: 'rejected', reason } });
  });
}

async function step(
  { store, changes }: AdminContext,
  { model, version: name }: Subject,
  work: (writer: StoreWriter, version: RegisteredVersion) => Promise<void>,
): Promise<void> {
  const isDone = await store.transact(async (writer) => {
    const version = await writer.version(model, name);
    if (version === undefined || (version.state !== 'uploaded' && version.state !== 'qualifying')) return false;
    await work(writer, version);
    await writer.touch();
    return true;
  });
  if (isDone) changes.tell(model);
}

async function tell(
  writer: StoreWriter,
  { now }: AdminContext,
  { model, version: subject, digest, state }: RegisteredVersion,
  { kind, reason, after }: { kind: 'version.qualified' | 'version.rejected'; reason: string; after: JsonRecord },
): Promise<void> {
  const before = { state, digest };
  await writer.append({ at: now(), kind, model, subject, actor: ACTOR, reason, before, after: { ...after, digest } });
}
