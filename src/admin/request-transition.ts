/** Asks for another stage; where that needs no approval, it is entered at once. */
import { ServerError } from '../domain/errors.ts';
import type { RegisteredVersion, Transition } from '../domain/registry.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import { change } from './change.ts';
import type { AdminContext, ApprovalRule, Order, StageRules } from './context.ts';
import { findVersion } from './resolve-version.ts';

export interface RequestTransitionInput {
  readonly model: string;
  readonly version: string;
  readonly stage: string;
}

const NO_APPROVAL: ApprovalRule = { needed: 0, approvers: [] };

/** There is at most one per stage. */
const MAX_PENDING = 1000;

export async function requestTransition(
  context: AdminContext,
  input: RequestTransitionInput,
  order: Order,
): Promise<Transition> {
  const { model, stage } = input;
  const { stages } = context.stageRules;
  if (!stages.includes(stage)) {
    const message = `there is no stage "${stage.slice(0, 128)}"; the stages are ${stages.join(', ')}`;
    throw new ServerError('invalid_argument', message);
  }
  const asked = { method: 'RequestTransition', request: { ...input }, order, model };
  const { id } = await change(context, asked, async (writer) => ({ id: await ask(writer, context, input, order) }));
  return await findTransition(context.store, id);
}

export async function findTransition(store: StoreReader, id: number): Promise<Transition> {
  const transition = await store.transition(id);
  if (transition !== undefined) return transition;
  throw new ServerError('not_found', `there is no transition ${id}; ListTransitions has their ids`);
}

export function approvalRule({ approvals }: StageRules, stage: string): ApprovalRule {
  return approvals.get(stage) ?? NO_APPROVAL;
}

/** Two rules with the same text are the same rule. */
export function textOfRule({ needed, approvers }: ApprovalRule): string {
  return JSON.stringify({ needed, approvers: approvers.toSorted() });
}

async function ask(
  writer: StoreWriter,
  { now, stageRules }: AdminContext,
  { model, version: name, stage: toStage }: RequestTransitionInput,
  { actor, reason }: Order,
): Promise<number> {
  const version = await findVersion(writer, model, name);
  checkMayMove(version, toStage);
  const rule = approvalRule(stageRules, toStage);
  await clearPending(writer, version, { toStage, rule: textOfRule(rule) });
  const at = now();
  const { id } = await writer.addTransition({
    model,
    version: name,
    digest: version.digest,
    fromStage: version.stage,
    toStage,
    status: rule.needed === 0 ? 'approved' : 'pending',
    requestedBy: actor,
    requestedAt: at,
    reason,
    approvalsNeeded: rule.needed,
    rule: textOfRule(rule),
    decisions: [],
  });
  const event = { at, model, subject: name, actor, reason, before: { stage: version.stage } };
  const asked = { transition: id, toStage, approvalsNeeded: rule.needed };
  await writer.append({ ...event, kind: 'transition.requested', after: asked });
  if (rule.needed === 0) {
    await writer.putVersion({ ...version, stage: toStage });
    await writer.append({ ...event, kind: 'transition.approved', after: { ...asked, approvals: 0, stage: toStage } });
  }
  return id;
}

function checkMayMove({ model, version, state, stage }: RegisteredVersion, toStage: string): void {
  const name = `version "${version}" of model "${model}"`;
  if (state === 'deleted') throw new ServerError('failed_precondition', `${name} was deleted; it stays as it was`);
  if (stage === toStage) throw new ServerError('failed_precondition', `${name} is in stage "${stage}" already`);
}

/** One wish per version and stage; one that an older rule was to decide gives way. */
async function clearPending(
  writer: StoreWriter,
  { model, version }: RegisteredVersion,
  { toStage, rule }: { readonly toStage: string; readonly rule: string },
): Promise<void> {
  const pending = await writer.transitions({ model, version, status: 'pending' }, { limit: MAX_PENDING });
  for (const transition of pending.filter((other) => other.toStage === toStage)) {
    if (transition.rule === rule) {
      const message = `transition ${transition.id} of version "${version}" to "${toStage}" is pending already; decide that one`;
      throw new ServerError('already_exists', message);
    }
    await writer.putTransition({ ...transition, status: 'stale' });
  }
}
