/** What a rollout compares and how sure it wants to be, made complete. */
import { checkDifferent, oneOf, probability, whole, wrong } from '../domain/field-checks.ts';
import { LATENCY_METRICS } from '../domain/strategy.ts';
import type { AnalysisPlan, GuardrailPlan, MetricName, MetricPlan } from '../domain/strategy.ts';

/** Fields of Analysis in rollouts.proto; 0 and '' as it says. */
export interface WantedAnalysis {
  readonly alpha: number;
  readonly metrics: readonly {
    readonly metric: string;
    readonly margin: number;
    readonly onFail: string;
    readonly direction: string;
  }[];
  readonly guardrails: readonly {
    readonly metric: string;
    readonly limit: number;
    readonly minRequests: number;
    readonly windowMs: number | undefined;
    readonly onFail: string;
  }[];
  readonly fuse: number | undefined;
  readonly onInsufficient: string;
}

const DEFAULT_ALPHA = 0.05;
const DEFAULT_FUSE = 10;
const MAX_FUSE = 1_000_000;
const MAX_METRICS = 32;
const DEFAULT_WINDOW_MS = 60_000;
const MIN_WINDOW_MS = 10_000;
const MAX_WINDOW_MS = 3_600_000;
const DEFAULT_MIN_REQUESTS = 100;
const LATENCY_MARGIN = 1.19;
const ERROR_MARGIN = 0.02;
const DISAGREEMENT_MARGIN = 0.01;
const MAX_RATIO = 100;
const OUTCOME = /^outcome:[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const ON_FAIL = ['rollback', 'pause', 'alert'] as const;
const ON_INSUFFICIENT = ['pause', 'rollback'] as const;
const DIRECTIONS = ['increase', 'decrease'] as const;

const DEFAULT_GUARDRAILS: readonly GuardrailPlan[] = [
  {
    metric: 'success_rate',
    limit: 0.95,
    minRequests: DEFAULT_MIN_REQUESTS,
    windowMs: DEFAULT_WINDOW_MS,
    onFail: 'rollback',
  },
  {
    metric: 'request_p99',
    limit: 10_000,
    minRequests: DEFAULT_MIN_REQUESTS,
    windowMs: DEFAULT_WINDOW_MS,
    onFail: 'rollback',
  },
];

const NOTHING: WantedAnalysis = { alpha: 0, metrics: [], guardrails: [], fuse: undefined, onInsufficient: '' };

/** INVALID_ARGUMENT names the field, the value and what is allowed. */
export function compileAnalysis(
  wanted: WantedAnalysis = NOTHING,
  { withShadow }: { readonly withShadow: boolean },
): AnalysisPlan {
  const { alpha, metrics, guardrails, fuse = DEFAULT_FUSE } = wanted;
  if (Math.max(metrics.length, guardrails.length) > MAX_METRICS) {
    throw wrong(`analysis has more than ${MAX_METRICS} metrics or guardrails; leave some out`);
  }
  checkDifferent(
    'analysis.metrics',
    metrics.map(({ metric }) => metric),
  );
  return {
    alpha: probability('analysis.alpha', alpha === 0 ? DEFAULT_ALPHA : alpha),
    metrics: metrics.length === 0 ? defaultMetrics(withShadow) : metrics.map(metricPlan),
    guardrails: guardrails.length === 0 ? DEFAULT_GUARDRAILS : guardrails.map(guardrailPlan),
    fuse: whole('analysis.fuse', fuse, { least: 0, most: MAX_FUSE }),
    onInsufficient: oneOf('analysis.on_insufficient', wanted.onInsufficient || 'pause', ON_INSUFFICIENT),
  };
}

function defaultMetrics(withShadow: boolean): readonly MetricPlan[] {
  const names: readonly MetricName[] = [
    'error_rate',
    ...LATENCY_METRICS,
    ...(withShadow ? ['disagreement' as const] : []),
  ];
  return names.map((metric) => ({ metric, margin: defaultMargin(metric), onFail: 'rollback', direction: 'increase' }));
}

function metricPlan(wanted: WantedAnalysis['metrics'][number], index: number): MetricPlan {
  const where = `analysis.metrics[${index}]`;
  const metric = metricName(`${where}.metric`, wanted.metric);
  const margin = wanted.margin === 0 ? defaultMargin(metric) : wanted.margin;
  const [least, most] = marginRange(metric);
  if (!(margin >= least && margin <= most)) {
    throw wrong(`${where}.margin is ${margin}; of ${metric} it goes from ${least} to ${most}`);
  }
  const direction = oneOf(`${where}.direction`, wanted.direction || 'increase', DIRECTIONS);
  return { metric, margin, onFail: oneOf(`${where}.on_fail`, wanted.onFail || 'rollback', ON_FAIL), direction };
}

function metricName(field: string, name: string): MetricName {
  const known: readonly MetricName[] = ['error_rate', ...LATENCY_METRICS, 'disagreement'];
  const found = known.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  if (OUTCOME.test(name)) return `outcome:${name.slice('outcome:'.length)}`;
  throw wrong(`${field} is "${name.slice(0, 128)}"; give one of ${known.join(', ')} or outcome:NAME`);
}

function defaultMargin(metric: MetricName): number {
  if (metric === 'error_rate') return ERROR_MARGIN;
  if (metric === 'disagreement') return DISAGREEMENT_MARGIN;
  return metric.startsWith('outcome:') ? 0 : LATENCY_MARGIN;
}

function marginRange(metric: MetricName): readonly [number, number] {
  if (metric === 'error_rate' || metric === 'disagreement') return [0, 1];
  return metric.startsWith('outcome:') ? [0, Number.MAX_VALUE] : [1, MAX_RATIO];
}

function guardrailPlan(wanted: WantedAnalysis['guardrails'][number], index: number): GuardrailPlan {
  const where = `analysis.guardrails[${index}]`;
  const metric = oneOf(`${where}.metric`, wanted.metric, ['success_rate', ...LATENCY_METRICS] as const);
  const { limit } = wanted;
  const fits = metric === 'success_rate' ? limit > 0 && limit <= 1 : limit > 0 && Number.isFinite(limit);
  if (!fits) {
    const allowed = metric === 'success_rate' ? 'a share above 0, at most 1' : 'milliseconds above 0';
    throw wrong(`${where}.limit is ${limit}; of ${metric} give ${allowed}`);
  }
  const windowMs = wanted.windowMs ?? DEFAULT_WINDOW_MS;
  if (!(windowMs >= MIN_WINDOW_MS && windowMs <= MAX_WINDOW_MS)) {
    throw wrong(`${where}.window is ${windowMs} ms; give 10 s to 1 h`);
  }
  const minRequests = wanted.minRequests === 0 ? DEFAULT_MIN_REQUESTS : wanted.minRequests;
  return {
    metric,
    limit,
    minRequests,
    windowMs,
    onFail: oneOf(`${where}.on_fail`, wanted.onFail || 'rollback', ON_FAIL),
  };
}
