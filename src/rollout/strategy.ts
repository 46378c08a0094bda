/** Strategies as people write them, made complete: every default filled in, every limit checked. */
import { probability, whole, wrong } from '../domain/field-checks.ts';
import { LATENCY_METRICS } from '../domain/strategy.ts';
import type { Stage, Strategy } from '../domain/strategy.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import { compileAnalysis } from './analysis-plan.ts';
import type { WantedAnalysis } from './analysis-plan.ts';

/** Fields of rollouts.proto; durations in ms, undefined = absent, '' and 0 as the proto says. */
export interface WantedStrategy {
  readonly kind: 'canary' | 'linear' | 'blue_green' | 'budget';
  readonly steps?: readonly WantedStep[];
  readonly linear?: {
    readonly increment: number;
    readonly everyMs: number | undefined;
    readonly minRequests: number | undefined;
  };
  /** Of blue-green. */
  readonly approval?: boolean;
  readonly budget?: {
    readonly extraFaults: number;
    readonly alpha: number;
    readonly maxWeight: number;
    readonly holdMs: number | undefined;
    readonly deadlineMs: number | undefined;
  };
  readonly shadow?:
    | {
        readonly share: number;
        readonly minPairs: number;
        readonly holdMs: number | undefined;
        readonly deadlineMs: number | undefined;
      }
    | undefined;
  readonly analysis?: WantedAnalysis | undefined;
  readonly failOver?: boolean | undefined;
  readonly bakeMs?: number | undefined;
  readonly deadlineMs?: number | undefined;
}

export interface WantedStep {
  readonly weight: number;
  readonly holdMs: number | undefined;
  readonly minRequests: number | undefined;
  readonly analysis: boolean | undefined;
  readonly approval: boolean;
  readonly deadlineMs: number | undefined;
}

type WeightStage = Extract<Stage, { kind: 'weight' }>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MAX_DEADLINE_MS = 30 * DAY_MS;
const DEFAULT_WEIGHTS = [1000, 2500, 5000];
const DEFAULT_MIN_REQUESTS = 100;
const DEFAULT_MIN_PAIRS = 200;
const DEFAULT_BAKE_MS = 5 * MINUTE_MS;
const MAX_STEPS = 50;
const MAX_COUNT = 1_000_000_000;
const MAX_EXTRA_FAULTS = 1_000_000;

/** INVALID_ARGUMENT names the field, the value and what is allowed. */
export function compileStrategy(wanted: WantedStrategy): Strategy {
  const bakeMs = duration('bake', wanted.bakeMs, DEFAULT_BAKE_MS);
  const stages = stagesOf(wanted, bakeMs);
  const shadow = wanted.shadow === undefined ? [] : [shadowStage(wanted.shadow)];
  return {
    kind: wanted.kind,
    stages: [...shadow, ...stages],
    analysis: compileAnalysis(wanted.analysis, { withShadow: wanted.shadow !== undefined }),
    failOver: wanted.failOver ?? true,
    deadlineMs: longerThan(0, 'deadline', duration('deadline', wanted.deadlineMs, 7 * DAY_MS)),
  };
}

function stagesOf(wanted: WantedStrategy, bakeMs: number): readonly Stage[] {
  const bake: Stage = { kind: 'bake', holdMs: bakeMs, approval: false };
  switch (wanted.kind) {
    case 'canary':
      return canaryStages(wanted.steps ?? [], bakeMs);
    case 'linear':
      return [...linearStages(wanted.linear), bake];
    case 'blue_green':
      return [{ ...bake, approval: wanted.approval ?? false }];
    case 'budget':
      return [budgetStage(wanted.budget), bake];
  }
}

/** A last step of all the traffic is the bake, with what it says of holding and approval. */
function canaryStages(steps: readonly WantedStep[], bakeMs: number): readonly Stage[] {
  if (steps.length > MAX_STEPS) throw wrong(`canary.steps has ${steps.length} steps; at most ${MAX_STEPS} are allowed`);
  const wanted = steps.length === 0 ? DEFAULT_WEIGHTS.map((weight) => ({ weight })) : steps;
  const stages = wanted.map((each, index) => step(each, `canary.steps[${index}]`));
  stages.forEach(({ weight }, index) => {
    const before = stages[index - 1]?.weight ?? 0;
    if (weight <= before) {
      const where = `canary.steps[${index}].weight is ${weight}, and the step before has ${before}`;
      throw wrong(`${where}; weights grow from step to step`);
    }
  });
  const last = stages.at(-1);
  if (last?.weight !== TOTAL_WEIGHT) return [...stages, { kind: 'bake', holdMs: bakeMs, approval: false }];
  const { holdMs = bakeMs, minRequests, analysis, deadlineMs } = steps.at(-1) ?? {};
  if (minRequests !== undefined || analysis !== undefined || deadlineMs !== undefined) {
    const where = `canary.steps[${steps.length - 1}]`;
    throw wrong(`${where} has all the traffic, so nothing can be compared in it; leave all but hold and approval out`);
  }
  return [...stages.slice(0, -1), { kind: 'bake', holdMs, approval: last.approval }];
}

function step(wanted: Partial<WantedStep> & { readonly weight: number }, where: string): WeightStage {
  const holdMs = duration(`${where}.hold`, wanted.holdMs, MINUTE_MS);
  return {
    kind: 'weight',
    weight: whole(`${where}.weight`, wanted.weight, { least: 1, most: TOTAL_WEIGHT }),
    holdMs,
    minRequests: whole(`${where}.min_requests`, wanted.minRequests ?? DEFAULT_MIN_REQUESTS, {
      least: 0,
      most: MAX_COUNT,
    }),
    analysis: wanted.analysis ?? true,
    approval: wanted.approval ?? false,
    deadlineMs: stageDeadline(`${where}.deadline`, wanted.deadlineMs, holdMs),
  };
}

function linearStages(wanted: WantedStrategy['linear']): readonly Stage[] {
  const increment = whole('linear.increment', orDefault(wanted?.increment, 1000), { least: 100, most: 5000 });
  const stages: Stage[] = [];
  for (let weight = increment; weight < TOTAL_WEIGHT; weight += increment) {
    const holdMs = duration('linear.every', wanted?.everyMs, MINUTE_MS);
    stages.push(step({ weight, holdMs, minRequests: wanted?.minRequests }, 'linear'));
  }
  return stages;
}

function budgetStage(wanted: WantedStrategy['budget']): Stage {
  const holdMs = duration('budget.hold', wanted?.holdMs, MINUTE_MS);
  return {
    kind: 'budget',
    extraFaults: whole('budget.extra_faults', wanted?.extraFaults ?? 0, { least: 1, most: MAX_EXTRA_FAULTS }),
    alpha: probability('budget.alpha', orDefault(wanted?.alpha, 0.01)),
    maxWeight: whole('budget.max_weight', orDefault(wanted?.maxWeight, 5000), { least: 1, most: TOTAL_WEIGHT - 1 }),
    holdMs,
    deadlineMs: longerThan(holdMs, 'budget.deadline', duration('budget.deadline', wanted?.deadlineMs, DAY_MS)),
  };
}

function shadowStage(wanted: NonNullable<WantedStrategy['shadow']>): Stage {
  const holdMs = duration('shadow.hold', wanted.holdMs, 0);
  return {
    kind: 'shadow',
    share: whole('shadow.share', orDefault(wanted.share, TOTAL_WEIGHT), { least: 1, most: TOTAL_WEIGHT }),
    minPairs: whole('shadow.min_pairs', orDefault(wanted.minPairs, DEFAULT_MIN_PAIRS), { least: 1, most: MAX_COUNT }),
    holdMs,
    deadlineMs: stageDeadline('shadow.deadline', wanted.deadlineMs, holdMs),
  };
}

/** An hour, or ten times the time that it takes at least. */
function stageDeadline(field: string, wanted: number | undefined, holdMs: number): number {
  const absent = Math.min(MAX_DEADLINE_MS, Math.max(HOUR_MS, 10 * holdMs));
  return longerThan(holdMs, field, duration(field, wanted, absent));
}

function longerThan(holdMs: number, field: string, deadlineMs: number): number {
  if (deadlineMs > holdMs) return deadlineMs;
  throw wrong(`${field} is ${deadlineMs} ms, no more than the hold of ${holdMs} ms; give it more time`);
}

/** In protobuf 0 stands for absent. */
function orDefault(value: number | undefined, absent: number): number {
  return value === undefined || value === 0 ? absent : value;
}

/** 0 ms to 30 days. */
function duration(field: string, wanted: number | undefined, absent: number): number {
  const ms = wanted ?? absent;
  if (Number.isFinite(ms) && ms >= 0 && ms <= MAX_DEADLINE_MS) return ms;
  throw wrong(`${field} is ${ms} ms; give 0 to 30 days`);
}

/** For people: "10 % for 1m, at least 100 calls". */
export function describeStage(stage: Stage): string {
  switch (stage.kind) {
    case 'shadow':
      return `shadow ${percent(stage.share)} until ${stage.minPairs} pairs${held(stage.holdMs)}`;
    case 'weight': {
      const approval = stage.approval ? ', then approval' : '';
      return `${percent(stage.weight)}${held(stage.holdMs)}, ${stage.minRequests} calls${stage.analysis ? '' : ', no analysis'}${approval}`;
    }
    case 'budget':
      return `up to ${percent(stage.maxWeight)} at ${stage.extraFaults} extra faults`;
    case 'bake':
      return `${stage.approval ? 'approval, then ' : ''}100 %${held(stage.holdMs)}`;
  }
}

function percent(weight: number): string {
  return `${weight / 100} %`;
}

function held(ms: number): string {
  return ms === 0 ? '' : ` for ${describeMs(ms)}`;
}

/** "90s", "5m", "2h": the largest unit that is exact. */
export function describeMs(ms: number): string {
  if (ms >= HOUR_MS && ms % HOUR_MS === 0) return `${ms / HOUR_MS}h`;
  if (ms >= MINUTE_MS && ms % MINUTE_MS === 0) return `${ms / MINUTE_MS}m`;
  return `${Math.round(ms / 100) / 10}s`;
}

/** Whether the metric is one of latency. */
export function isLatency(metric: string): metric is (typeof LATENCY_METRICS)[number] {
  return LATENCY_METRICS.some((name) => name === metric);
}
