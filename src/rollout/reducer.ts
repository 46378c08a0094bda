/**
 * The rollout as a pure function: a state and an event in; the next state, what is told of it and what has to be done
 * out.
 *
 * Whoever aborts is always heard. The evidence can take a rollout back in every open phase, a paused one too. Whatever
 * waits has a deadline. Nothing passes for want of evidence.
 */
import { ServerError } from '../domain/errors.ts';
import type { Stage, Strategy } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Command, RolloutEvent, RolloutState, Step } from './state.ts';
import { enter, enterBake, finish, goBack, isEnded, move, stageOf, unchanged } from './steps.ts';
import type { Cause } from './steps.ts';
import { describeStage } from './strategy.ts';
import { tick } from './tick.ts';

export interface RolloutRequest {
  readonly model: string;
  readonly stable: string;
  readonly candidate: string;
  readonly candidateDigest: string;
  readonly strategy: Strategy;
  readonly actor: string;
  readonly reason: string;
  /** See holdDownMs. */
  readonly holdDownMs: number;
}

const FIRST_HOLD_DOWN_MS = 5 * 60_000;
const MAX_HOLD_DOWN_MS = 24 * 3_600_000;

/** How long a candidate is held down after its next rollback: 5 minutes, doubled with each before, at most a day. */
export function holdDownMs(formerRollbacks: number): number {
  return Math.min(MAX_HOLD_DOWN_MS, FIRST_HOLD_DOWN_MS * 2 ** Math.min(20, formerRollbacks));
}

/** @param now epoch ms. */
export function begin(request: RolloutRequest, now: number): Step {
  const { model, stable, candidate, candidateDigest, strategy, actor, reason } = request;
  const state: RolloutState = {
    model,
    stable,
    candidate,
    candidateDigest,
    strategy,
    startedBy: actor,
    startedAt: now,
    phase: 'loading',
    reason,
    generation: 0,
    stage: 0,
    stageSince: now,
    stageCallsBefore: 0,
    weight: 0,
    weightSince: now,
    epoch: 0,
    alerted: [],
    endedAt: undefined,
    holdDownMs: request.holdDownMs,
    holdDownUntil: 0,
  };
  const step = enter(state, 0, 'started', { at: now, actor, reason });
  return { ...step, transitions: step.transitions.map((transition) => ({ ...transition, fromPhase: '' })) };
}

/** Throws ABORTED for a stale generation, FAILED_PRECONDITION and PERMISSION_DENIED for what may not be. */
export function next(state: RolloutState, event: RolloutEvent, now: number): Step {
  switch (event.kind) {
    case 'tick':
      return isEnded(state.phase) ? unchanged(state) : tick(state, event.look, now);
    case 'abort':
      return abort(state, event.by, now);
    case 'overridden': {
      if (isEnded(state.phase)) return unchanged(state);
      const reason = `${event.actor} set the traffic by hand (epoch ${event.epoch}); it stays as it was set`;
      return move(state, { phase: 'overridden', endedAt: now }, 'overridden', { at: now, actor: event.actor, reason });
    }
    case 'superseded': {
      if (isEnded(state.phase)) return unchanged(state);
      const { actor } = event.by;
      const reason = `a rollout of version "${event.candidate}" takes its place`;
      return goBack(state, { phase: 'superseded', isAutomatic: false }, { at: now, actor, reason });
    }
    case 'pause':
    case 'resume':
    case 'approve':
    case 'promote':
      return command(state, event, now);
  }
}

function abort(state: RolloutState, { actor, reason }: Command, now: number): Step {
  if (state.phase === 'promoted') {
    throw refusal(`it was promoted already; go back with \`sluice traffic switch ${state.model} ${state.stable}\``);
  }
  if (isEnded(state.phase)) return unchanged(state);
  const cause = { at: now, actor, reason: reason === '' ? `aborted by ${actor}` : reason };
  return goBack(state, { phase: 'aborted', isAutomatic: false }, cause);
}

type Order = Extract<RolloutEvent, { kind: 'pause' | 'resume' | 'approve' | 'promote' }>;

function command(state: RolloutState, event: Order, now: number): Step {
  const { actor, reason, expectedGeneration } = event.by;
  if (expectedGeneration !== 0 && expectedGeneration !== state.generation) {
    const message = `the rollout is at generation ${state.generation}, not ${expectedGeneration} as expected; read it and decide again`;
    throw new ServerError('aborted', message);
  }
  if (isEnded(state.phase)) throw refusal(`it is over (${state.phase}: ${state.reason})`);
  const cause = { at: now, actor, reason };
  switch (event.kind) {
    case 'pause': {
      if (state.phase === 'paused') return unchanged(state);
      const words = reason === '' ? `paused by ${actor}` : reason;
      return move(state, { phase: 'paused' }, 'paused', { ...cause, reason: words });
    }
    case 'resume':
      return resume(state, cause);
    case 'approve':
      return approve(state, cause);
    case 'promote':
      return promote(state, event.full, cause);
  }
}

/** Back into the stage: its traffic is in force as it was, and its clock begins anew. */
function resume(state: RolloutState, cause: Cause): Step {
  if (state.phase !== 'paused') throw refusal(`it is not paused but ${state.phase}`);
  const reason = cause.reason === '' ? `resumed by ${cause.actor}` : cause.reason;
  const phase = isBeforeSwitch(state) ? ('awaiting_approval' as const) : ('loading' as const);
  return move(state, { phase, stageSince: cause.at }, 'resumed', { ...cause, reason });
}

function approve(state: RolloutState, cause: Cause): Step {
  if (state.phase !== 'awaiting_approval') throw refusal(`it does not wait for an approval but is ${state.phase}`);
  if (cause.actor === state.startedBy) {
    const message = `${cause.actor} started this rollout and cannot approve it; somebody else has to`;
    throw new ServerError('permission_denied', message);
  }
  const told = { ...cause, reason: cause.reason === '' ? `approved by ${cause.actor}` : cause.reason };
  if (stageOf(state).kind === 'bake') return enterBake(state, 'approved', told);
  return enter(state, state.stage + 1, 'approved', told);
}

function promote(state: RolloutState, isFull: boolean, cause: Cause): Step {
  if (state.phase === 'awaiting_approval') {
    throw refusal('it waits for an approval; approve it, or let somebody approve it who did not start it');
  }
  const told = { ...cause, reason: cause.reason === '' ? `promoted by ${cause.actor}` : cause.reason };
  const { stages } = state.strategy;
  const last = stages.length - 1;
  if (state.stage === last && !isBeforeSwitch(state)) return finish(state, told);
  if (isFull) {
    const gate = stages.findIndex((stage, index) => index >= state.stage && needsApproval(stage));
    const stage = stages[gate];
    if (stage === undefined) return enter(state, last, 'stage', told);
    throw refusal(`its stage ${gate} (${describeStage(stage)}) has to be approved; promote it step by step`);
  }
  const stage = stageOf(state);
  if (stage.kind === 'weight' && stage.approval) {
    return move(state, { phase: 'awaiting_approval' }, 'approval_needed', told);
  }
  return enter(state, Math.min(last, state.stage + 1), 'stage', told);
}

function needsApproval(stage: Stage): boolean {
  return (stage.kind === 'weight' || stage.kind === 'bake') && stage.approval;
}

/** It is to have all the traffic as soon as that is approved. */
function isBeforeSwitch(state: RolloutState): boolean {
  const stage = stageOf(state);
  return stage.kind === 'bake' && stage.approval && state.weight < TOTAL_WEIGHT;
}

function refusal(why: string): ServerError {
  return new ServerError('failed_precondition', `the rollout cannot do that: ${why}`);
}
