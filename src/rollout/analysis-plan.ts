/** What a rollout compares and how sure it wants to be, made complete. */
import { ServerError } from '../domain/errors.ts';
import { LATENCY_METRICS } from '../domain/strategy.ts';
import type { AnalysisPlan, GuardrailPlan, MetricName, MetricPlan, OnFail } from '../domain/strategy.ts';

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
  const { alpha: askedAlpha, metrics, guardrails, fuse = DEFAULT_FUSE } = wanted;
  const alpha = askedAlpha === 0 ? DEFAULT_ALPHA : askedAlpha;
  if (!(alpha > 0 && alpha <= 0.5)) throw wrong(`analysis.alpha is ${alpha}; give a probability above 0, at most 0.5`);
  if (!Number.isSafeInteger(fuse) || fuse < 0 || fuse > MAX_FUSE) {
    throw wrong(`analysis.fuse is ${fuse}; give a whole number from 0 to ${MAX_FUSE}`);
  }
  if (Math.max(metrics.length, guardrails.length) > MAX_METRICS) {
    throw wrong(`analysis has more than ${MAX_METRICS} metrics or guardrails; leave some out`);
  }
  return {
    alpha,
    metrics: metrics.length === 0 ? defaultMetrics(withShadow) : checkTwice(metrics.map(metricPlan)),
    guardrails: guardrails.length === 0 ? DEFAULT_GUARDRAILS : guardrails.map(guardrailPlan),
    fuse,
    onInsufficient: onInsufficient(wanted.onInsufficient),
  };
}

/**
 * Without request_p50: in bursts shorter than a block lanes take turns between versions, so that the smaller arm
 * waits in another way than the larger one, and the median of an equal candidate differs.
 */
const DEFAULT_LATENCIES = LATENCY_METRICS.filter((metric) => metric !== 'request_p50');

function defaultMetrics(withShadow: boolean): readonly MetricPlan[] {
  const names: readonly MetricName[] = [
    'error_rate',
    ...DEFAULT_LATENCIES,
    ...(withShadow ? ['disagreement' as const] : []),
  ];
  return names.map((metric) => ({ metric, margin: defaultMargin(metric), onFail: 'rollback', direction: 'increase' }));
}

function checkTwice(plans: readonly MetricPlan[]): readonly MetricPlan[] {
  const names = plans.map(({ metric }) => metric);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw wrong(`analysis.metrics names "${twice}" twice; name each once`);
  return plans;
}

function metricPlan(wanted: WantedAnalysis['metrics'][number], index: number): MetricPlan {
  const where = `analysis.metrics[${index}]`;
  const metric = metricName(`${where}.metric`, wanted.metric);
  const margin = wanted.margin === 0 ? defaultMargin(metric) : wanted.margin;
  const [least, most] = marginRange(metric);
  if (!(margin >= least && margin <= most)) {
    throw wrong(`${where}.margin is ${margin}; of ${metric} it goes from ${least} to ${most}`);
  }
  const direction = wanted.direction === '' ? 'increase' : wanted.direction;
  if (direction !== 'increase' && direction !== 'decrease') {
    throw wrong(`${where}.direction is "${direction}"; give increase or decrease`);
  }
  return { metric, margin, onFail: onFail(`${where}.on_fail`, wanted.onFail), direction };
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
  const known = ['success_rate', ...LATENCY_METRICS] as const;
  const metric = known.find((candidate) => candidate === wanted.metric);
  if (metric === undefined) {
    throw wrong(`${where}.metric is "${wanted.metric.slice(0, 128)}"; give one of ${known.join(', ')}`);
  }
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
  return { metric, limit, minRequests, windowMs, onFail: onFail(`${where}.on_fail`, wanted.onFail) };
}

function onFail(field: string, given: string): OnFail {
  if (given === '') return 'rollback';
  if (given === 'rollback' || given === 'pause' || given === 'alert') return given;
  throw wrong(`${field} is "${given.slice(0, 128)}"; give rollback, pause or alert`);
}

function onInsufficient(given: string): 'pause' | 'rollback' {
  if (given === '') return 'pause';
  if (given === 'pause' || given === 'rollback') return given;
  throw wrong(`analysis.on_insufficient is "${given.slice(0, 128)}"; give pause or rollback`);
}

function wrong(message: string): ServerError {
  return new ServerError('invalid_argument', message);
}
