/** One person's yes or no to a transition. The last yes that is needed enters the stage; one no ends the wish. */
import { ServerError } from '../domain/errors.ts';
import type { Decision, RegisteredVersion, Transition } from '../domain/registry.ts';
import type { StoreWriter } from '../registry/store.ts';
import { change } from './change.ts';
import { UNKNOWN_ACTOR } from './context.ts';
import type { AdminContext, ApprovalRule, Order } from './context.ts';
import { approvalRule, findTransition, textOfRule } from './request-transition.ts';
import { findVersion } from './resolve-version.ts';

export interface DecideTransitionInput {
  readonly id: number;
}

/** An outcome that has to be kept and is an error for the caller all the same. */
interface Receipt {
  /** '' = decided. */
  readonly stale: string;
}

export async function approveTransition(
  context: AdminContext,
  { id }: DecideTransitionInput,
  order: Order,
): Promise<Transition> {
  return await decide(context, { id, approved: true }, order);
}

export async function rejectTransition(
  context: AdminContext,
  { id }: DecideTransitionInput,
  order: Order,
): Promise<Transition> {
  return await decide(context, { id, approved: false }, order);
}

interface Verdict {
  readonly id: number;
  readonly approved: boolean;
}

async function decide(context: AdminContext, { id, approved }: Verdict, order: Order): Promise<Transition> {
  const { model } = await findTransition(context.store, id);
  const method = approved ? 'ApproveTransition' : 'RejectTransition';
  const { stale } = await change<Receipt>(context, { method, request: { id }, order, model }, async (writer) => {
    const transition = await findTransition(writer, id);
    checkPending(transition);
    const version = await findVersion(writer, model, transition.version);
    const rule = approvalRule(context.stageRules, transition.toStage);
    const why = whyStale(transition, version, rule);
    if (why !== undefined) {
      await writer.putTransition({ ...transition, status: 'stale' });
      return { stale: why };
    }
    checkMayDecide(transition, rule, { approved, actor: order.actor });
    const decision = { actor: order.actor, approved, reason: order.reason, at: context.now() };
    await enter(writer, { ...transition, decisions: [...transition.decisions, decision] }, version, decision);
    return { stale: '' };
  });
  if (stale !== '') throw new ServerError('failed_precondition', `transition ${id} is stale: ${stale}`);
  return await findTransition(context.store, id);
}

function checkPending({ id, status }: Transition): void {
  if (status === 'pending') return;
  throw new ServerError('failed_precondition', `transition ${id} is ${status} already; request another one if need be`);
}

function whyStale(
  { toStage, rule: formerRule, digest }: Transition,
  version: RegisteredVersion,
  rule: ApprovalRule,
): string | undefined {
  if (version.state === 'deleted' || version.digest !== digest) return `version "${version.version}" was deleted`;
  if (textOfRule(rule) === formerRule) return undefined;
  return `the rule for stage "${toStage}" has changed since it was requested; request it again`;
}

/** The requester may withdraw; for the rest one has to be among those who decide. */
function checkMayDecide(
  { id, toStage, requestedBy, decisions }: Transition,
  { approvers }: ApprovalRule,
  { approved, actor }: { readonly approved: boolean; readonly actor: string },
): void {
  const isRequester = actor === requestedBy && actor !== UNKNOWN_ACTOR;
  if (isRequester && !approved) return;
  if (isRequester) {
    throw new ServerError(
      'permission_denied',
      `"${actor}" requested transition ${id}; somebody else has to approve it`,
    );
  }
  if (approvers.length > 0 && !approvers.includes(actor)) {
    const message = `"${actor}" may not decide on stage "${toStage}"; these may: ${approvers.join(', ')}`;
    throw new ServerError('permission_denied', message);
  }
  if (approved && decisions.some((decision) => decision.actor === actor)) {
    const hint = actor === UNKNOWN_ACTOR ? '; callers without a name count as one, send x-sluice-actor' : '';
    throw new ServerError('failed_precondition', `"${actor}" approved transition ${id} already${hint}`);
  }
}

async function enter(
  writer: StoreWriter,
  transition: Transition,
  version: RegisteredVersion,
  { actor, reason, at, approved }: Decision,
): Promise<void> {
  const { id, model, toStage, approvalsNeeded } = transition;
  const approvals = transition.decisions.filter((decision) => decision.approved).length;
  const isEntered = approved && approvals >= approvalsNeeded;
  await writer.putTransition({ ...transition, status: approved ? (isEntered ? 'approved' : 'pending') : 'rejected' });
  if (isEntered) await writer.putVersion({ ...version, stage: toStage });
  const kind = approved ? 'transition.approved' : 'transition.rejected';
  const stage = isEntered ? toStage : version.stage;
  const after = { transition: id, toStage, approvalsNeeded, approvals, stage };
  const event = { at, kind, model, subject: version.version, actor, reason } as const;
  await writer.append({ ...event, before: { stage: version.stage }, after });
}
