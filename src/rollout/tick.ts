/** What the evidence and the clock make of an open rollout. */
import type { Stage } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Look, RolloutState, Step, Verdict } from './state.ts';
import { enter, finish, goBack, ITSELF, move, reweigh, stageOf, unchanged } from './steps.ts';
import { describeMs } from './strategy.ts';

/** A version that is not ready everywhere after so long will not be. */
const MAX_LOADING_MS = 600_000;
/** A budget's weight moves when it changes by this factor. */
const WORTH_A_CHANGE = 1.2;
const REWEIGH_MS = 1000;

type Of<Kind extends Stage['kind']> = Extract<Stage, { kind: Kind }>;

/** @param now epoch ms. */
export function tick(state: RolloutState, look: Look, now: number): Step {
  const failed = look.verdicts.filter(({ verdict }) => verdict === 'fail');
  const fatal = failed.find(({ onFail }) => onFail === 'rollback');
  if (fatal !== undefined) return rollBack(state, `${fatal.metric}: ${fatal.summary}`, look, now);
  if (now - state.startedAt >= state.strategy.deadlineMs) {
    return rollBack(state, `still open ${describeMs(state.strategy.deadlineMs)} after its start`, look, now);
  }
  const lower = lowerWeight(state, look);
  if (lower !== undefined) return reweigh(state, lower.weight, { at: now, actor: ITSELF, reason: lower.reason });
  const disquieting = failed.find((verdict) => verdict.onFail === 'pause' && !isToldOf(state, verdict));
  if (disquieting !== undefined && state.phase !== 'paused') return pauseFor(state, disquieting, look, now);
  const news = failed.find((verdict) => verdict.onFail === 'alert' && !isToldOf(state, verdict));
  if (news !== undefined) return alert(state, news, now);
  return proceed(state, look, now);
}

/** Evidence does not go away: who resumes has seen it. A guardrail that is broken again is news, so it pauses again. */
function isToldOf({ alerted }: RolloutState, { metric, onFail }: Verdict): boolean {
  return alerted.includes(metric) && (onFail === 'alert' || !metric.startsWith('guardrail:'));
}

/** What a harm budget takes away it takes away in every phase. */
function lowerWeight(state: RolloutState, { budget }: Look): { weight: number; reason: string } | undefined {
  const allowed = budget?.weight;
  if (budget === undefined || allowed === undefined || stageOf(state).kind !== 'budget') return undefined;
  const isWorthIt = allowed * WORTH_A_CHANGE <= state.weight && allowed < state.weight;
  return isWorthIt ? { weight: allowed, reason: budget.summary } : undefined;
}

function proceed(state: RolloutState, look: Look, now: number): Step {
  switch (state.phase) {
    case 'loading':
      return whileLoading(state, look, now);
    case 'shadowing':
    case 'holding':
    case 'baking':
      return whileHolding(state, look, now);
    default:
      return unchanged(state);
  }
}

const PHASES = { shadow: 'shadowing', weight: 'holding', budget: 'holding', bake: 'baking' } as const;

function whileLoading(state: RolloutState, look: Look, now: number): Step {
  const stage = stageOf(state);
  if (look.applied) {
    const patch = {
      phase: PHASES[stage.kind],
      stageSince: now,
      weightSince: now,
      stageCallsBefore: look.candidateCalls,
    };
    const sent = stage.kind === 'shadow' ? 'copies of calls' : `${state.weight / 100} % of the calls`;
    const reason = `every serve process sends ${sent} to the candidate`;
    return move(state, patch, 'holding', { at: now, actor: ITSELF, reason });
  }
  if (now - state.stageSince < MAX_LOADING_MS) return unchanged(state);
  const why = look.waitingFor === '' ? 'no serve process is connected' : look.waitingFor;
  return rollBack(
    state,
    `the candidate was not ready everywhere after ${describeMs(MAX_LOADING_MS)}: ${why}`,
    look,
    now,
  );
}

function whileHolding(state: RolloutState, look: Look, now: number): Step {
  const stage = stageOf(state);
  const heldMs = now - state.stageSince;
  switch (stage.kind) {
    case 'shadow': {
      const disagreement = look.verdicts.find(({ metric }) => metric === 'disagreement');
      const isGood = disagreement === undefined || disagreement.verdict === 'pass';
      const isOver = heldMs >= stage.holdMs && look.shadowPairs >= stage.minPairs && isGood;
      if (isOver) return advance(state, `${look.shadowPairs} pairs were compared`, look, now);
      const missing = look.shadowPairs < stage.minPairs ? `${look.shadowPairs} of ${stage.minPairs} pairs` : '';
      const wanted = disagreement === undefined ? [] : [disagreement];
      return late(state, { stage, heldMs, missing, wanted }, look, now);
    }
    case 'weight':
      return whileWeighed(state, stage, look, now);
    case 'budget':
      return whileBudgeted(state, stage, look, now);
    case 'bake':
      if (heldMs < stage.holdMs) return unchanged(state);
      return finish(state, {
        at: now,
        actor: ITSELF,
        reason: `nothing failed with all the traffic for ${describeMs(stage.holdMs)}`,
        verdicts: look.verdicts,
      });
  }
}

function whileWeighed(state: RolloutState, stage: Of<'weight'>, look: Look, now: number): Step {
  const heldMs = now - state.stageSince;
  const calls = look.candidateCalls - state.stageCallsBefore;
  const isSeen = heldMs >= stage.holdMs && calls >= stage.minRequests;
  if (isSeen && (!stage.analysis || look.overall === 'pass')) {
    const reason = `${calls} calls in ${describeMs(heldMs)}${stage.analysis ? `, ${passed(look)}` : ''}`;
    if (!stage.approval) return advance(state, reason, look, now);
    const patch = { phase: 'awaiting_approval' as const };
    return move(state, patch, 'approval_needed', { at: now, actor: ITSELF, reason, verdicts: look.verdicts });
  }
  const missing = calls < stage.minRequests ? `${calls} of ${stage.minRequests} calls` : '';
  const wanted = stage.analysis ? look.verdicts : [];
  return late(state, { stage, heldMs, missing, wanted }, look, now);
}

function whileBudgeted(state: RolloutState, stage: Of<'budget'>, look: Look, now: number): Step {
  const summary = look.budget?.summary ?? '';
  const sinceMs = now - state.weightSince;
  if (state.weight === stage.maxWeight && sinceMs >= stage.holdMs && look.overall === 'pass') {
    return advance(state, `${summary}, ${passed(look)}`, look, now);
  }
  const weight = Math.min(stage.maxWeight, look.budget?.weight ?? 0, atMost(state.weight));
  const isWorthIt = weight >= state.weight * WORTH_A_CHANGE || weight === stage.maxWeight;
  if (weight > state.weight && isWorthIt && look.applied && sinceMs >= REWEIGH_MS) {
    return reweigh(state, weight, { at: now, actor: ITSELF, reason: summary });
  }
  const heldMs = now - state.stageSince;
  return late(state, { stage, heldMs, missing: summary, wanted: look.verdicts }, look, now);
}

/** At most twice as much: a wrong guess of the calls to come then costs little. The first weight is the budget's. */
function atMost(weight: number): number {
  return weight === 0 ? TOTAL_WEIGHT : 2 * weight;
}

/** Metrics that only alert may have failed. */
function passed({ verdicts }: Look): string {
  const failed = verdicts.filter(({ verdict }) => verdict === 'fail').map(({ metric }) => metric);
  return `every metric passed${failed.length === 0 ? '' : ` but ${failed.join(', ')}`}`;
}

function advance(state: RolloutState, reason: string, look: Look, now: number): Step {
  return enter(state, state.stage + 1, 'stage', { at: now, actor: ITSELF, reason, verdicts: look.verdicts });
}

interface Waiting {
  readonly stage: { readonly deadlineMs: number };
  readonly heldMs: number;
  /** What there is too little of; '' = nothing. */
  readonly missing: string;
  /** The verdicts that have to pass. */
  readonly wanted: readonly Verdict[];
}

/** A stage whose time is over without enough evidence: never a pass. */
function late(state: RolloutState, { stage, heldMs, missing, wanted }: Waiting, look: Look, now: number): Step {
  if (heldMs < stage.deadlineMs) return unchanged(state);
  const open = wanted.filter(({ verdict, metric, onFail }) =>
    verdict === 'fail' ? onFail !== 'alert' : verdict === 'insufficient' && !metric.startsWith('guardrail:'),
  );
  const lacking = [missing, ...open.map(({ metric, summary }) => `${metric}: ${summary}`)].filter(
    (text) => text !== '',
  );
  const reason = `insufficient after ${describeMs(stage.deadlineMs)}: ${lacking.join('; ')}`;
  if (state.strategy.analysis.onInsufficient === 'rollback') return rollBack(state, reason, look, now);
  return pause(state, reason, look, now);
}

function rollBack(state: RolloutState, reason: string, { verdicts }: Look, now: number): Step {
  const cause = { at: now, actor: ITSELF, reason, verdicts };
  return goBack(state, { phase: 'aborted', isAutomatic: true }, cause);
}

function pause(state: RolloutState, reason: string, { verdicts }: Look, now: number): Step {
  return move(state, { phase: 'paused' }, 'paused', { at: now, actor: ITSELF, reason, verdicts });
}

function pauseFor(state: RolloutState, { metric, summary }: Verdict, { verdicts }: Look, now: number): Step {
  const patch = { phase: 'paused' as const, alerted: [...new Set([...state.alerted, metric])] };
  return move(state, patch, 'paused', { at: now, actor: ITSELF, reason: `${metric}: ${summary}`, verdicts });
}

/** Each metric is told of once. */
function alert(state: RolloutState, verdict: Verdict, now: number): Step {
  const { metric, summary } = verdict;
  const patch = { reason: state.reason, alerted: [...state.alerted, metric] };
  const cause = { at: now, actor: ITSELF, reason: `${metric}: ${summary}`, verdicts: [verdict] };
  return move(state, patch, 'alerted', cause, [{ kind: 'alert', metric, summary }]);
}
