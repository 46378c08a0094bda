/** Rollouts as messages. */
import type { RolloutView } from '../../../admin/rollout-view.ts';
import type { RolloutEntry } from '../../../admin/rollout-body.ts';
import { quantileOf } from '../../../monitor/series.ts';
import type { HistogramTotals } from '../../../monitor/series.ts';
import type { ArmSums } from '../../../rollout/evidence.ts';
import type { RolloutState, Verdict } from '../../../rollout/state.ts';
import { isEnded } from '../../../rollout/steps.ts';
import { describeStage } from '../../../rollout/strategy.ts';
import type { ArmView } from '../../gen/sluice/admin/v1/ArmView.ts';
import type { Rollout } from '../../gen/sluice/admin/v1/Rollout.ts';
import type { RolloutTransition } from '../../gen/sluice/admin/v1/RolloutTransition.ts';
import type { Verdict as VerdictOut } from '../../gen/sluice/admin/v1/Verdict.ts';
import { formatStrategy } from './strategy-codec.ts';
import { formatTime, formatTimeOrNone } from './time-codec.ts';

export function formatRollout({ record, seen, entries }: RolloutView): Rollout {
  const { document, state } = record;
  const { model, stable, candidate, strategy, phase, reason, generation, stage, weight, epoch } = state;
  return {
    id: document.id,
    model,
    stable,
    candidate,
    strategy: formatStrategy(strategy),
    phase,
    reason,
    generation,
    stage,
    stageCount: strategy.stages.length,
    stages: strategy.stages.map(describeStage),
    weight,
    epoch,
    startedAt: formatTime(state.startedAt),
    stageSince: formatTime(state.stageSince),
    stageDeadline: formatTimeOrNone(deadlineOf(state)),
    endedAt: formatTimeOrNone(state.endedAt),
    startedBy: state.startedBy,
    verdicts: (seen?.judgement.verdicts ?? []).map(formatVerdict),
    verdict: seen?.judgement.overall ?? 'insufficient',
    candidateArm: seen === undefined ? null : formatArm(candidate, seen.candidate),
    stableArm: seen === undefined ? null : formatArm(stable, seen.stable),
    transitions: entries.map(formatEntry),
    holdDownUntil: formatTimeOrNone(state.holdDownUntil === 0 ? undefined : state.holdDownUntil),
  };
}

/** When the clock moves it, whatever the evidence says. */
function deadlineOf({ phase, strategy, stage, stageSince, startedAt }: RolloutState): number | undefined {
  if (isEnded(phase)) return undefined;
  const last = startedAt + strategy.deadlineMs;
  const current = strategy.stages[stage];
  if (current === undefined || phase === 'paused' || phase === 'awaiting_approval' || phase === 'loading') return last;
  const ms = current.kind === 'bake' ? current.holdMs : current.deadlineMs;
  return Math.min(last, stageSince + ms);
}

function formatVerdict(verdict: Verdict): VerdictOut {
  return { ...verdict };
}

function formatEntry({ seq, ...entry }: RolloutEntry & { readonly seq: number }): RolloutTransition {
  const { at, kind, fromPhase, toPhase, stage, weight, actor, reason, verdicts, epoch } = entry;
  const decided = verdicts.map(formatVerdict);
  return { seq, at: formatTime(at), kind, fromPhase, toPhase, stage, weight, actor, reason, verdicts: decided, epoch };
}

function formatArm(version: string, { calls, ok, faults, overloads, request, runCompute }: ArmSums): ArmView {
  return {
    version,
    calls,
    ok,
    faults,
    overloads,
    requestP50Ms: quantileMs(request, 0.5),
    requestP95Ms: quantileMs(request, 0.95),
    requestP99Ms: quantileMs(request, 0.99),
    computeP50Ms: quantileMs(runCompute, 0.5),
    computeP95Ms: quantileMs(runCompute, 0.95),
    computeP99Ms: quantileMs(runCompute, 0.99),
  };
}

/** 0 while there is nothing. */
function quantileMs(histogram: HistogramTotals, p: number): number {
  return histogram.count === 0 ? 0 : quantileOf(histogram, p) * 1000;
}
