/** The moves that a rollout can make: each gives the state after it, what is told of it, and what has to be done. */
import assert from 'node:assert/strict';
import type { Stage } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Effect, EndedPhase, Phase, RolloutState, Step, Transition, Verdict } from './state.ts';
import { ENDED_PHASES } from './state.ts';
import { describeStage } from './strategy.ts';

/** Who or what moved it, when, and why. */
export interface Cause {
  /** Epoch ms. */
  readonly at: number;
  readonly actor: string;
  readonly reason: string;
  /** Where the evidence decided. */
  readonly verdicts?: readonly Verdict[];
}

/** Actor of what the evidence or the clock decides. */
export const ITSELF = 'sluice';

export function isEnded(phase: Phase): phase is EndedPhase {
  return ENDED_PHASES.some((ended) => ended === phase);
}

export function unchanged(state: RolloutState): Step {
  return { state, transitions: [], effects: [] };
}

export function stageOf({ strategy, stage }: RolloutState): Stage {
  const found = strategy.stages[stage];
  assert(found, 'an open rollout is in one of its stages');
  return found;
}

/** One transition. */
export function move(
  from: RolloutState,
  patch: Partial<RolloutState>,
  kind: Transition['kind'],
  cause: Cause,
  effects: readonly Effect[] = [],
): Step {
  const { at, actor, reason, verdicts = [] } = cause;
  const state = { ...from, reason, ...patch, generation: from.generation + 1 };
  const transition: Transition = {
    kind,
    at,
    fromPhase: from.phase,
    toPhase: state.phase,
    stage: state.stage,
    weight: state.weight,
    actor,
    reason,
    verdicts,
  };
  return { state, transitions: [transition], effects };
}

/** Into a stage: its traffic is put in force, and its clock runs once every serve process has it. */
export function enter(from: RolloutState, stage: number, kind: Transition['kind'], cause: Cause): Step {
  const at = { ...from, stage };
  const entered = stageOf(at);
  const reason = cause.reason === '' ? describeStage(entered) : `${describeStage(entered)}: ${cause.reason}`;
  const told = { ...cause, reason };
  if (entered.kind === 'bake' && entered.approval) {
    // The candidate is loaded before anybody is asked.
    const patch = { stage, phase: 'awaiting_approval' as const, stageSince: cause.at };
    const effects = from.weight === 0 ? [traffic(at, { weight: 0, shadowShare: 0 })] : [];
    return move(from, patch, kind === 'started' ? kind : 'approval_needed', told, effects);
  }
  return load(at, trafficOf(entered, from), kind, told);
}

/** All traffic to the candidate, whoever had to approve that. */
export function enterBake(from: RolloutState, kind: Transition['kind'], cause: Cause): Step {
  const stage = from.strategy.stages.length - 1;
  return load({ ...from, stage }, { weight: TOTAL_WEIGHT, shadowShare: 0 }, kind, cause);
}

/** @param ending the phase that it ends in, and whether the candidate is held down. */
export function goBack(
  from: RolloutState,
  ending: { readonly phase: 'aborted' | 'superseded'; readonly isAutomatic: boolean },
  cause: Cause,
): Step {
  const patch = {
    phase: ending.phase,
    weight: 0,
    endedAt: cause.at,
    holdDownUntil: ending.isAutomatic ? cause.at + from.holdDownMs : 0,
  };
  const back: Effect = {
    kind: 'traffic',
    candidateWeight: 0,
    shadowShare: 0,
    failOver: false,
    holdStable: true,
    holdCandidate: false,
  };
  return move(from, patch, ending.phase, cause, [back]);
}

/** The candidate is the stable version from here on. */
export function finish(from: RolloutState, cause: Cause): Step {
  const patch = {
    phase: 'promoted' as const,
    stage: from.strategy.stages.length,
    weight: TOTAL_WEIGHT,
    endedAt: cause.at,
  };
  const done: Effect = {
    kind: 'traffic',
    candidateWeight: TOTAL_WEIGHT,
    shadowShare: 0,
    failOver: false,
    holdStable: false,
    holdCandidate: true,
  };
  return move(from, patch, 'promoted', cause, [done]);
}

/** Another weight inside a budget stage; why it is in its phase stays as it was, unless it holds. */
export function reweigh(from: RolloutState, weight: number, cause: Cause): Step {
  const reason = from.phase === 'holding' ? cause.reason : from.reason;
  const patch = { reason, weight, weightSince: cause.at };
  return move(from, patch, 'weight', cause, [traffic(from, { weight, shadowShare: 0 })]);
}

interface Share {
  readonly weight: number;
  readonly shadowShare: number;
}

function load(at: RolloutState, share: Share, kind: Transition['kind'], cause: Cause): Step {
  const { stage } = at;
  const { at: now } = cause;
  const patch = { stage, phase: 'loading' as const, weight: share.weight, stageSince: now, weightSince: now };
  return move(at, patch, kind, cause, [traffic(at, share)]);
}

function trafficOf(stage: Stage, { weight }: RolloutState): Share {
  switch (stage.kind) {
    case 'shadow':
      return { weight: 0, shadowShare: stage.share };
    case 'weight':
      return { weight: stage.weight, shadowShare: 0 };
    case 'budget':
      return { weight: Math.min(weight, stage.maxWeight), shadowShare: 0 };
    case 'bake':
      return { weight: TOTAL_WEIGHT, shadowShare: 0 };
  }
}

function traffic({ strategy }: RolloutState, { weight, shadowShare }: Share): Effect {
  return {
    kind: 'traffic',
    candidateWeight: weight,
    shadowShare,
    failOver: strategy.failOver,
    holdStable: true,
    holdCandidate: true,
  };
}
