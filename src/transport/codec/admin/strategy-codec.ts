/** Strategies of rollouts between their messages and the domain. Whether they may be is the rollout room's to say. */
import type { Strategy, Stage } from '../../../domain/strategy.ts';
import { ServerError } from '../../../domain/errors.ts';
import { TOTAL_WEIGHT } from '../../../domain/traffic.ts';
import type { WantedAnalysis } from '../../../rollout/analysis-plan.ts';
import { compileStrategy } from '../../../rollout/strategy.ts';
import type { WantedStrategy } from '../../../rollout/strategy.ts';
import type { Analysis__Output as AnalysisIn, Analysis } from '../../gen/sluice/admin/v1/Analysis.ts';
import type { Step } from '../../gen/sluice/admin/v1/Step.ts';
import type { Strategy__Output as StrategyIn, Strategy as StrategyOut } from '../../gen/sluice/admin/v1/Strategy.ts';
import { formatDuration, parseDuration } from './time-codec.ts';

/** Absent = a canary with the default steps. */
export function parseStrategy(wire: StrategyIn | null): Strategy {
  return compileStrategy(wire === null ? { kind: 'canary' } : wanted(wire));
}

function wanted(wire: StrategyIn): WantedStrategy {
  const { shadow, analysis, failOver } = wire;
  const common = {
    shadow:
      shadow === null
        ? undefined
        : {
            share: shadow.share,
            minPairs: shadow.minPairs,
            holdMs: parseDuration('shadow.hold', shadow.hold),
            deadlineMs: parseDuration('shadow.deadline', shadow.deadline),
          },
    analysis: analysis === null ? undefined : wantedAnalysis(analysis),
    failOver,
    bakeMs: parseDuration('bake', wire.bake),
    deadlineMs: parseDuration('deadline', wire.deadline),
  };
  switch (wire.kind) {
    case undefined:
      return { ...common, kind: 'canary' };
    case 'canary': {
      const steps = (wire.canary?.steps ?? []).map((step, index) => ({
        weight: step.weight,
        holdMs: parseDuration(`canary.steps[${index}].hold`, step.hold),
        minRequests: step.minRequests,
        analysis: step.analysis,
        approval: step.approval,
        deadlineMs: parseDuration(`canary.steps[${index}].deadline`, step.deadline),
      }));
      return { ...common, kind: 'canary', steps };
    }
    case 'linear': {
      const { increment = 0, every = null, minRequests } = wire.linear ?? {};
      const everyMs = parseDuration('linear.every', every);
      return { ...common, kind: 'linear', linear: { increment, everyMs, minRequests } };
    }
    case 'blueGreen':
      return { ...common, kind: 'blue_green', approval: wire.blueGreen?.approval ?? false };
    case 'budget': {
      const { extraFaults = 0, alpha = 0, maxWeight = 0, hold = null, deadline = null } = wire.budget ?? {};
      const holdMs = parseDuration('budget.hold', hold);
      const deadlineMs = parseDuration('budget.deadline', deadline);
      return { ...common, kind: 'budget', budget: { extraFaults, alpha, maxWeight, holdMs, deadlineMs } };
    }
    default:
      throw new ServerError('invalid_argument', 'the strategy is of a kind that this server does not know');
  }
}

function wantedAnalysis({ alpha, metrics, guardrails, fuse, onInsufficient }: AnalysisIn): WantedAnalysis {
  return {
    alpha,
    metrics: metrics.map(({ metric, margin, onFail, direction }) => ({ metric, margin, onFail, direction })),
    guardrails: guardrails.map(({ metric, limit, minRequests, window, onFail }, index) => ({
      metric,
      limit,
      minRequests,
      windowMs: parseDuration(`analysis.guardrails[${index}].window`, window),
      onFail,
    })),
    fuse,
    onInsufficient,
  };
}

/** Complete: with every default that was filled in. */
export function formatStrategy(strategy: Strategy): StrategyOut {
  const { stages, analysis, failOver, deadlineMs } = strategy;
  const shadow = stages.find((stage) => stage.kind === 'shadow');
  const bake = stages.find((stage) => stage.kind === 'bake');
  return {
    ...formatKind(strategy),
    shadow:
      shadow === undefined
        ? null
        : {
            share: shadow.share,
            minPairs: shadow.minPairs,
            hold: formatDuration(shadow.holdMs),
            deadline: formatDuration(shadow.deadlineMs),
          },
    analysis: formatAnalysis(analysis),
    failOver,
    bake: formatDuration(bake?.holdMs ?? 0),
    deadline: formatDuration(deadlineMs),
  };
}

function formatKind({ kind, stages }: Strategy): StrategyOut {
  const steps = stages.filter((stage) => stage.kind === 'weight');
  const [first] = steps;
  switch (kind) {
    case 'canary': {
      const bake = stages.find((stage) => stage.kind === 'bake');
      // No steps at all would be the default ones.
      const isTold = bake !== undefined && (bake.approval || steps.length === 0);
      return { kind: 'canary', canary: { steps: [...steps.map(formatStep), ...(isTold ? [formatBake(bake)] : [])] } };
    }
    case 'linear':
      return {
        kind: 'linear',
        linear: {
          increment: first?.weight ?? 0,
          every: formatDuration(first?.holdMs ?? 0),
          ...(first === undefined ? {} : { minRequests: first.minRequests }),
        },
      };
    case 'blue_green': {
      const bake = stages.find((stage) => stage.kind === 'bake');
      return { kind: 'blueGreen', blueGreen: { approval: bake?.approval ?? false } };
    }
    case 'budget': {
      const budget = stages.find((stage) => stage.kind === 'budget');
      if (budget === undefined) return { kind: 'budget' };
      const { extraFaults, alpha, maxWeight, holdMs, deadlineMs } = budget;
      const times = { hold: formatDuration(holdMs), deadline: formatDuration(deadlineMs) };
      return { kind: 'budget', budget: { extraFaults, alpha, maxWeight, ...times } };
    }
  }
}

function formatStep(stage: Extract<Stage, { kind: 'weight' }>): Step {
  const { weight, holdMs, minRequests, analysis, approval, deadlineMs } = stage;
  const times = { hold: formatDuration(holdMs), deadline: formatDuration(deadlineMs) };
  return { weight, minRequests, analysis, approval, ...times };
}

/** As the last step of a canary. */
function formatBake({ holdMs, approval }: Extract<Stage, { kind: 'bake' }>): Step {
  return { weight: TOTAL_WEIGHT, hold: formatDuration(holdMs), approval };
}

function formatAnalysis({ alpha, metrics, guardrails, fuse, onInsufficient }: Strategy['analysis']): Analysis {
  return {
    alpha,
    metrics: metrics.map((metric) => ({ ...metric })),
    guardrails: guardrails.map(({ windowMs, ...guardrail }) => ({ ...guardrail, window: formatDuration(windowMs) })),
    fuse,
    onInsufficient,
  };
}
