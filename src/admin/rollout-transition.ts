/**
 * Takes what the reducer decided into the store: state, traffic, journal and audit log, in the caller's transaction.
 */
import type { EventKind } from '../domain/registry.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { StoreWriter } from '../registry/store.ts';
import { openEpoch } from '../rollout/evidence.ts';
import type { RolloutEvidence } from '../rollout/evidence.ts';
import { next } from '../rollout/reducer.ts';
import type { Effect, RolloutEvent, Step, Transition, Verdict } from '../rollout/state.ts';
import { isEnded } from '../rollout/steps.ts';
import { applyTraffic } from './apply-traffic.ts';
import type { WantedPolicy } from './apply-traffic-check.ts';
import type { AdminContext } from './context.ts';
import { bodyOf, evidenceFrom } from './rollout-codec.ts';
import type { RolloutEntry, RolloutRecord, Seen } from './rollout-body.ts';

type TrafficEffect = Extract<Effect, { kind: 'traffic' }>;

type Context = Pick<AdminContext, 'now' | 'newSalt'>;

const KINDS: Readonly<Record<Transition['kind'], EventKind | undefined>> = {
  started: 'rollout.started',
  // That every serve process has it in force decides nothing.
  holding: undefined,
  stage: 'rollout.advanced',
  weight: 'rollout.advanced',
  approval_needed: 'rollout.advanced',
  approved: 'rollout.approved',
  paused: 'rollout.paused',
  resumed: 'rollout.resumed',
  promoted: 'rollout.promoted',
  aborted: 'rollout.aborted',
  alerted: 'rollout.alerted',
  overridden: 'rollout.ended',
  superseded: 'rollout.ended',
};

/** A rollout after an event, and what the caller has yet to do: traffic is in force already. */
export interface Happened {
  readonly record: RolloutRecord;
  readonly effects: readonly Effect[];
}

/**
 * What becomes of the rollout by this event. Where somebody set the traffic by hand meanwhile, that ends it instead.
 *
 * @param seen what the evidence says; undefined = as it was said last.
 */
export async function happen(
  writer: StoreWriter,
  context: Context,
  record: RolloutRecord,
  { event, seen, evidence }: { event: RolloutEvent; seen?: Seen | undefined; evidence?: RolloutEvidence | undefined },
): Promise<Happened> {
  const inForce = await writer.epoch(record.state.model);
  const isOverridden = !isEnded(record.state.phase) && inForce?.policy.epoch !== record.state.epoch;
  const told: RolloutEvent = isOverridden
    ? { kind: 'overridden', epoch: inForce?.policy.epoch ?? 0, actor: inForce?.actor ?? '' }
    : event;
  const step = next(record.state, told, context.now());
  return { record: await take(writer, context, record, { step, seen, evidence }), effects: step.effects };
}

/** Stores a step. The state of a rollout that begins is in force nowhere yet. */
export async function take(
  writer: StoreWriter,
  context: Context,
  record: RolloutRecord,
  { step, seen, evidence }: { step: Step; seen?: Seen | undefined; evidence?: RolloutEvidence | undefined },
): Promise<RolloutRecord> {
  if (step.transitions.length === 0) return record;
  const { id, kind } = record.document;
  const at = context.now();
  let { state } = step;
  for (const effect of step.effects) {
    if (effect.kind === 'traffic') state = { ...state, epoch: await steer(writer, context, { record, step, effect }) };
  }
  const known = evidence ?? evidenceFrom(await writer.note(kind, id));
  const opened = openEpoch(known, { epoch: state.epoch, weight: state.weight });
  await writer.putNote(kind, id, JSON.stringify(opened));
  const isOpen = !isEnded(state.phase);
  const body = { state, formerFailOver: record.formerFailOver, last: seen ?? record.last };
  const document = { ...record.document, open: isOpen, body: bodyOf(body), updatedAt: at };
  await writer.putDocument(document);
  for (const transition of step.transitions) {
    const entry: RolloutEntry = { ...transition, epoch: state.epoch, generation: state.generation };
    await writer.appendJournal(kind, id, { at: transition.at, body: JSON.stringify(entry) });
    await audit(writer, record, entry);
  }
  await writer.touch();
  return { ...body, document };
}

async function audit(writer: StoreWriter, record: RolloutRecord, entry: RolloutEntry): Promise<void> {
  const kind = KINDS[entry.kind];
  if (kind === undefined) return;
  const { at, actor, reason, fromPhase, toPhase, stage, weight, epoch, verdicts } = entry;
  const { model, candidate, stable } = record.state;
  const weightBefore = entry.kind === 'started' ? 0 : record.state.weight;
  const before = { rollout: record.document.id, phase: fromPhase, weight: weightBefore };
  const after = { phase: toPhase, stage, weight, epoch, stable, verdicts: verdicts.map(shortOf) };
  await writer.append({ at, kind, model, subject: candidate, actor, reason, before, after });
}

/** What was seen, the bound, and what of alpha that took. */
function shortOf({ metric, verdict, summary, bound, limit, alphaSpent }: Verdict): object {
  return { metric, verdict, summary, bound, limit, alpha_spent: alphaSpent };
}

async function steer(
  writer: StoreWriter,
  context: Context,
  { record, step, effect }: { record: RolloutRecord; step: Step; effect: TrafficEffect },
): Promise<number> {
  const { model, stable, candidate } = record.state;
  const actor = step.transitions[0]?.actor ?? '';
  const reason = step.transitions[0]?.reason ?? '';
  const epoch = await applyTraffic(
    writer,
    context,
    {
      model,
      wanted: (former) => wantedOf(former, { stable, candidate, effect, formerFailOver: record.formerFailOver }),
      cause: 'rollout',
      expectedEpoch: 0,
      reshuffle: false,
      // Whether the signatures fit was decided when it started; a way back is never refused.
      force: true,
      subject: candidate,
    },
    { actor, reason: `rollout ${record.document.id}: ${reason}`, idempotencyKey: '' },
  );
  return epoch.policy.epoch;
}

interface Wanting {
  readonly stable: string;
  readonly candidate: string;
  readonly effect: TrafficEffect;
  readonly formerFailOver: string;
}

/** Rules, other shadows and stickiness stay as they are. Arms are called like their versions: evidence goes by it. */
function wantedOf(
  former: TrafficPolicy | undefined,
  { stable, candidate, effect, formerFailOver }: Wanting,
): WantedPolicy {
  const { candidateWeight, shadowShare, failOver, holdStable, holdCandidate } = effect;
  const stableWeight = TOTAL_WEIGHT - candidateWeight;
  const arms = [
    ...(stableWeight > 0 || holdStable ? [{ version: stable, arm: '', weight: stableWeight }] : []),
    ...(candidateWeight > 0 || holdCandidate ? [{ version: candidate, arm: '', weight: candidateWeight }] : []),
  ];
  const shadows = (former?.shadows ?? []).filter(({ version }) => version !== candidate);
  return {
    arms,
    rules: former?.rules ?? [],
    shadows: shadowShare > 0 ? [...shadows, { version: candidate, share: shadowShare }] : shadows,
    // Nobody stands in for itself.
    failOverTo: failOver ? stable : stableWeight === 0 && formerFailOver === candidate ? '' : formerFailOver,
    sticky: former?.sticky ?? true,
    routingKeyHeader: former?.routingKeyHeader ?? '',
    salt: '',
  };
}
